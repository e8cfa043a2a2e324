import { labelColumns, predictionsTable, writeTable } from '@ichor/tables';
import type { Part } from './fold-data.js';

/**
 * Writes the predictions of a stacker as every model writes them: one row a slice, in the order of the identifiers,
 * pass 0.
 */
export async function writePredictions(
  path: string,
  { slices, targets }: Part,
  probabilities: readonly Float32Array[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const order = Uint32Array.from(slices.ids.keys()).sort((a, b) =>
    slices.ids[a]! < slices.ids[b]! ? -1 : 1,
  );
  const sorted = (column: Float32Array | undefined) =>
    Float32Array.from(order, (row) => column?.[row] ?? NaN);
  const columns = {
    ID: Array.from(order, (row) => slices.ids[row]!),
    pass: new Int8Array(slices.rows),
    ...labelColumns('target', (_, index) => sorted(targets[index])),
    ...labelColumns('output', (_, index) => sorted(probabilities[index])),
  };
  await writeTable(path, predictionsTable, columns, { metadata });
}
