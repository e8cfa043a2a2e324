import type { FeatureMatrix } from '@ichor/gbdt';
import type { Tensor } from '@ichor/nn';

/** Rows of the slice before and after each row in its stack; at the ends of a stack the slice itself. */
export interface Neighbours {
  readonly before: Uint32Array;
  readonly after: Uint32Array;
}

export function stackNeighbours(starts: Uint32Array): Neighbours {
  const rows = starts.at(-1) ?? 0;
  const before = Uint32Array.from({ length: rows }, (_, row) => Math.max(0, row - 1));
  const after = Uint32Array.from({ length: rows }, (_, row) => row + 1);
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    if (from === to) continue;
    before[from] = from;
    after[to - 1] = to - 1;
  }
  return { before, after };
}

/** Shape [N, 3, models, features per model]; slice before, slice, slice after as channels. */
export function gatherNeighbours(
  matrix: FeatureMatrix,
  { before, after }: Neighbours,
  rows: Uint32Array,
  models: number,
): Tensor {
  const width = matrix.names.length;
  const data = new Float32Array(rows.length * 3 * width);
  rows.forEach((row, i) => {
    [before[row]!, row, after[row]!].forEach((source, channel) => {
      data.set(matrix.data.subarray(source * width, (source + 1) * width), (i * 3 + channel) * width);
    });
  });
  return { shape: [rows.length, 3, models, width / models], data };
}

/** Shape [N, columns]. */
export function gatherRows(matrix: FeatureMatrix, rows: Uint32Array): Tensor {
  const width = matrix.names.length;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => data.set(matrix.data.subarray(row * width, (row + 1) * width), i * width));
  return { shape: [rows.length, width], data };
}
