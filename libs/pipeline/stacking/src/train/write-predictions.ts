import { present } from '@ichor/files';
import { labelColumns, predictionsTable, studyPredictionsTable, writeTable } from '@ichor/tables';
import type { AlignedSlices } from './fold-data.js';

/**
 * Writes the predictions of a stacker as every model writes them: one row a slice, in the order of the identifiers,
 * pass 0.
 */
export async function writePredictions(
  path: string,
  { slices, targets }: AlignedSlices,
  probabilities: readonly Float32Array[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const order = Uint32Array.from(slices.ids.keys()).sort((a, b) =>
    present(slices.ids[a]) < present(slices.ids[b]) ? -1 : 1,
  );
  const sorted = (column: Float32Array | undefined) =>
    Float32Array.from(order, (row) => column?.[row] ?? NaN);
  const columns = {
    ID: Array.from(order, (row) => present(slices.ids[row])),
    pass: new Int8Array(slices.rows),
    ...labelColumns('target', (_, index) => sorted(targets[index])),
    ...labelColumns('output', (_, index) => sorted(probabilities[index])),
  };
  await writeTable(path, predictionsTable, columns, { metadata });
}

/**
 * Writes the answers for whole series, in the order of the slices. The truth of a series is positive for a label when one
 * of its slices is.
 */
export async function writeStudies(
  path: string,
  { slices, targets }: AlignedSlices,
  probabilities: readonly Float32Array[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const { starts, ids } = slices;
  const series = Array.from({ length: starts.length - 1 }, (_, k) => k);
  const truth = (column: Float32Array | undefined) =>
    Float32Array.from(series, (k) =>
      column === undefined ? NaN : Math.max(...column.subarray(starts[k], starts[k + 1])),
    );
  const columns = {
    firstID: series.map((k) => present(ids[starts[k]!])),
    slices: Int32Array.from(series, (k) => starts[k + 1]! - starts[k]!),
    ...labelColumns('target', (_, index) => truth(targets[index])),
    ...labelColumns(
      'output',
      (_, index) => probabilities[index] ?? new Float32Array(series.length).fill(NaN),
    ),
  };
  await writeTable(path, studyPredictionsTable, columns, { metadata });
}
