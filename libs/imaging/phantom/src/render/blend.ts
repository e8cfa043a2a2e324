import { limitCover } from './cover.js';
import type { Band, Field } from './field.js';

/**
 * Paints `value` where the field is negative. The field is a signed distance in units of the edge's
 * width: the share of the pixel that is covered is 0.5 - field, between 0 and 1 (partial volume).
 *
 * @param band limits the painting to some rows
 * @param marks where given, `bit` is set in it for pixels that are covered by at least half.
 * @returns the covered area in pixels.
 */
export function blend(
  image: Float32Array,
  field: Field,
  value: number,
  { band, marks, bit = 0 }: { band?: Band; marks?: Uint8Array | undefined; bit?: number } = {},
): number {
  if (field.isEmpty) return 0;
  const { grid, values } = field;
  const { step, width, rows, columns } = grid;
  const top = band?.top ?? 0;
  const bottom = band?.bottom ?? grid.height - 1;
  let area = 0;
  for (let cell = top; cell < bottom; cell++) {
    const left = field.start(cell);
    const right = field.end(cell);
    if (left >= right) continue;
    const upper = cell * width;
    const lower = upper + width;
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) {
      const t = (row - cell * step) / step;
      const rowEnd = (row + 1) * columns;
      let b = values[upper + left]! + t * (values[lower + left]! - values[upper + left]!);
      for (let column = left; column < right; column++) {
        const a = b;
        b = values[upper + column + 1]! + t * (values[lower + column + 1]! - values[upper + column + 1]!);
        if (a >= 0.5 && b >= 0.5) continue;
        let pixel = rowEnd - columns + column * step;
        if (a <= -0.5 && b <= -0.5) {
          // The inside comes in long runs of cells that are covered wholly.
          for (; column + 1 < right; column++) {
            const next =
              values[upper + column + 2]! + t * (values[lower + column + 2]! - values[upper + column + 2]!);
            if (next > -0.5) break;
            b = next;
          }
          const stop = Math.min(rowEnd, rowEnd - columns + (column + 1) * step);
          area += stop - pixel;
          image.fill(value, pixel, stop);
          if (marks !== undefined) for (let p = pixel; p < stop; p++) marks[p] = marks[p]! | bit;
          continue;
        }
        const stop = Math.min(rowEnd, pixel + step);
        const slope = (b - a) / step;
        let u = a;
        for (; pixel < stop; pixel++, u += slope) {
          const cover = limitCover(0.5 - u);
          area += cover;
          image[pixel] = image[pixel]! + cover * (value - image[pixel]!);
          if (marks !== undefined && u <= 0) marks[pixel] = marks[pixel]! | bit;
        }
      }
    }
  }
  return area;
}
