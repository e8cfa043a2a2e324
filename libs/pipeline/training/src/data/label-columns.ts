import { LABELS } from '@ichor/tables';

/** rows x six labels to six columns. */
export function labelColumnsOf(values: Float32Array): Float32Array[] {
  const rows = values.length / LABELS.length;
  return LABELS.map((_, label) => {
    const column = new Float32Array(rows);
    for (let row = 0; row < rows; row++) column[row] = values[row * LABELS.length + label]!;
    return column;
  });
}
