import { RandomStream } from '@ichor/files/random';
import { present } from '@ichor/files';
import type { Columns } from './series.js';

/** At most so many rows, evenly spread, find the directions. */
const ROWS = 4096;
/** Each sharpens the subspace by the square of the ratio of variances; four suffice where they fall off. */
const ROUNDS = 4;

/** Orthonormal directions, one a row, each of as many numbers as there are columns, and a common factor. */
export interface Projection {
  readonly size: number;
  readonly columns: number;
  /** size x columns */
  readonly directions: Float32Array;
}

/**
 * The subspace of the largest variance of columns with mean 0: subspace iteration (Golub and Van Loan, Matrix Computations,
 * 8.2.4) from a fixed random start. All directions are scaled by one number, so that the mean variance of the results is 1.
 */
export function principalDirections({ rows, columns, values }: Columns, size: number): Projection {
  const step = Math.max(1, Math.ceil(rows / ROWS));
  const random = new RandomStream('principal directions', columns, size);
  let basis = Array.from({ length: size }, () =>
    Float64Array.from({ length: columns }, () => random.normal()),
  );
  orthonormalize(basis);
  let total = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const next = basis.map(() => new Float64Array(columns));
    total = 0;
    for (let row = 0; row < rows; row += step) {
      const at = row * columns;
      for (let k = 0; k < size; k++) {
        const direction = present(basis[k]);
        let dot = 0;
        for (let i = 0; i < columns; i++) dot += direction[i]! * values[at + i]!;
        total += dot * dot;
        const sum = present(next[k]);
        for (let i = 0; i < columns; i++) sum[i]! += dot * values[at + i]!;
      }
    }
    // The last round measures the variance along the directions that it does not replace.
    if (round < ROUNDS - 1) orthonormalize((basis = next));
  }
  const variance = total / (Math.ceil(rows / step) * size);
  const factor = variance > 0 ? 1 / Math.sqrt(variance) : 1;
  const directions = new Float32Array(size * columns);
  basis.forEach((direction, k) =>
    directions.set(
      direction.map((value) => value * factor),
      k * columns,
    ),
  );
  return { size, columns, directions };
}

export function project({ rows, columns, values }: Columns, { size, directions }: Projection): Columns {
  const projected = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < size; k++) {
      let dot = 0;
      for (let i = 0; i < columns; i++) dot += directions[k * columns + i]! * values[row * columns + i]!;
      projected[row * size + k] = dot;
    }
  }
  return { rows, columns: size, values: projected };
}

/** Gram-Schmidt, twice against rounding; a vector that the others span becomes 0. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, k) => {
    const before = norm(vector);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors.slice(0, k)) {
        const dot = vector.reduce((sum, value, i) => sum + value * other[i]!, 0);
        for (let i = 0; i < vector.length; i++) vector[i]! -= dot * other[i]!;
      }
    }
    const length = norm(vector);
    const isSpanned = length <= 1e-9 * before;
    for (let i = 0; i < vector.length; i++) vector[i] = isSpanned ? 0 : vector[i]! / length;
  });
}

const norm = (vector: Float64Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
