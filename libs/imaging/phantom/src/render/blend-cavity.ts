import type { Field } from './field.js';
import type { Region } from './region.js';

/**
 * Puts the content of the skull into the image.
 *
 * @param marks where given, cleared outside the cavity
 */
export function blendCavity(
  image: Float32Array,
  content: Float32Array,
  { inside, band }: Region,
  marks?: Uint8Array,
): void {
  const { grid, values } = inside;
  const { step, width, rows, columns } = grid;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const left = inside.start(cell);
    const right = inside.end(cell);
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
        let pixel = rowEnd - columns + column * step;
        const stop = Math.min(rowEnd, pixel + step);
        if (a <= -0.5 && b <= -0.5) {
          for (; pixel < stop; pixel++) image[pixel] = content[pixel]!;
          continue;
        }
        const slope = (b - a) / step;
        let u = a;
        for (; pixel < stop; pixel++, u += slope) {
          if (u < 0.5) {
            const cover = u > -0.5 ? 0.5 - u : 1;
            image[pixel] = image[pixel]! + cover * (content[pixel]! - image[pixel]!);
          } else if (marks !== undefined) {
            marks[pixel] = 0;
          }
        }
      }
    }
  }
}

/** What {@link blendFluid} paints. */
export interface Fluid {
  /** Signed distance to the space, edge units. */
  readonly space: Field;
  /** Share of blood in its fluid, 0..1. */
  readonly share: Field;
  /** HU of clear fluid and of blood. */
  readonly clear: number;
  readonly blood: number;
}

/**
 * Paints a space whose fluid holds blood here and there.
 *
 * @param marks where given, `bit` is set in it for pixels that blood covers by at least half
 * @returns the area that is covered by blood, in pixels.
 */
export function blendFluid(
  image: Float32Array,
  { space, share, clear, blood }: Fluid,
  { top, bottom }: Region['band'],
  marks: Uint8Array | undefined,
  bit: number,
): number {
  const { grid, values } = space;
  const { step, width, rows, columns } = grid;
  const shares = share.values;
  let area = 0;
  for (let cell = top; cell < bottom; cell++) {
    const right = space.end(cell);
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) {
      const t = (row - cell * step) / step;
      for (let column = space.start(cell); column < right; column++) {
        const p = cell * width + column;
        const q = p + width;
        let u = values[p]! + t * (values[q]! - values[p]!);
        const slope = (values[p + 1]! + t * (values[q + 1]! - values[p + 1]!) - u) / step;
        let stain = shares[p]! + t * (shares[q]! - shares[p]!);
        const growth = (shares[p + 1]! + t * (shares[q + 1]! - shares[p + 1]!) - stain) / step;
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        for (; pixel < stop; pixel++, u += slope, stain += growth) {
          if (u >= 0.5) continue;
          const cover = u > -0.5 ? 0.5 - u : 1;
          const value = clear + stain * (blood - clear);
          image[pixel] = image[pixel]! + cover * (value - image[pixel]!);
          area += cover * stain;
          if (marks !== undefined && cover * stain >= 0.5) marks[pixel] = marks[pixel]! | bit;
        }
      }
    }
  }
  return area;
}
