import type { Bounds, Field } from './field.js';

/**
 * Interpolates a field onto the pixels of the cells in `within`: target = offset + factor * field.
 *
 * @param hidden where given, cells in which this field is below -0.5 all along are left out
 */
export function expand(
  target: Float32Array,
  field: Field,
  within: Bounds,
  { offset = 0, factor = 1, hidden }: { offset?: number; factor?: number; hidden?: Field } = {},
): void {
  const { grid, values } = field;
  const { step, width, rows, columns } = grid;
  const cover = hidden?.values;
  for (let cell = within.top; cell < within.bottom; cell++) {
    const upper = cell * width;
    const lower = upper + width;
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) {
      const t = (row - cell * step) / step;
      for (let column = within.left; column < within.right; column++) {
        const p = upper + column;
        const q = lower + column;
        if (
          cover !== undefined &&
          cover[p]! < -0.5 &&
          cover[q]! < -0.5 &&
          cover[p + 1]! < -0.5 &&
          cover[q + 1]! < -0.5
        ) {
          continue;
        }
        const a = values[p]! + t * (values[q]! - values[p]!);
        const b = values[p + 1]! + t * (values[q + 1]! - values[p + 1]!);
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        const slope = (factor * (b - a)) / step;
        for (let value = offset + factor * a; pixel < stop; pixel++, value += slope) target[pixel] = value;
      }
    }
  }
}

/** Calls `visit` with the range of pixels of every row of the cells in `within`. */
export function eachRow(
  { rows, columns, step }: Field['grid'],
  within: Bounds,
  visit: (from: number, to: number) => void,
): void {
  const end = Math.min(rows, within.bottom * step);
  const right = Math.min(columns, within.right * step);
  for (let row = within.top * step; row < end; row++) {
    visit(row * columns + within.left * step, row * columns + right);
  }
}
