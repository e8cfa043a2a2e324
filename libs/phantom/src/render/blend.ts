import type { Band, Bounds, Field } from './field.js';

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
  const { top, bottom, left, right } = field.bounds(band);
  let area = 0;
  for (let cell = top; cell < bottom; cell++) {
    const upper = cell * width;
    const lower = upper + width;
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) {
      const t = (row - cell * step) / step;
      let b = values[upper + left]! + t * (values[lower + left]! - values[upper + left]!);
      for (let column = left; column < right; column++) {
        const a = b;
        b = values[upper + column + 1]! + t * (values[lower + column + 1]! - values[upper + column + 1]!);
        if (a >= 0.5 && b >= 0.5) continue;
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        const slope = (b - a) / step;
        let u = a;
        for (; pixel < stop; pixel++, u += slope) {
          if (u >= 0.5) continue;
          const cover = u > -0.5 ? 0.5 - u : 1;
          area += cover;
          image[pixel] = image[pixel]! + cover * (value - image[pixel]!);
          if (marks !== undefined && u <= 0) marks[pixel] = marks[pixel]! | bit;
        }
      }
    }
  }
  return area;
}

/** What {@link blendSheet} paints. */
export interface Sheet {
  /** Signed distance to the middle of the sheet, mm. */
  readonly middle: Field;
  /** Half the thickness there, mm; far below zero where there is no sheet. */
  readonly half: Field;
  /** Added to the half thickness, mm. */
  readonly widen: number;
  /** Width of the edge, mm. */
  readonly edge: number;
  readonly value: number;
}

/** Blood in the fluid of a sheet: share of blood 0..1 per node, and its density in HU. */
export interface Stain {
  readonly share: Field;
  readonly density: number;
}

/**
 * Paints a thin sheet (sulcus, fissure, falx). Interpolating the signed distance and taking its absolute value
 * per pixel keeps it thin, which interpolating |distance| would not.
 *
 * @returns the area that is covered by stain, in pixels.
 */
export function blendSheet(
  image: Float32Array,
  { middle, half, widen, edge, value }: Sheet,
  within: Bounds,
  stain?: Stain,
  marks?: Uint8Array,
  bit = 0,
): number {
  const { step, width, rows, columns } = middle.grid;
  const m = middle.values;
  const h = half.values;
  const s = stain?.share.values;
  const limit = -widen - edge / 2;
  let area = 0;
  for (let cell = within.top; cell < within.bottom; cell++) {
    const upper = cell * width;
    const lower = upper + width;
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) {
      const t = (row - cell * step) / step;
      for (let column = within.left; column < within.right; column++) {
        const p = upper + column;
        const q = lower + column;
        const h0 = h[p]! + t * (h[q]! - h[p]!);
        const h1 = h[p + 1]! + t * (h[q + 1]! - h[p + 1]!);
        if (h0 <= limit && h1 <= limit) continue;
        const m0 = m[p]! + t * (m[q]! - m[p]!);
        const m1 = m[p + 1]! + t * (m[q + 1]! - m[p + 1]!);
        const reach = (h0 > h1 ? h0 : h1) - limit;
        if ((m0 > reach && m1 > reach) || (m0 < -reach && m1 < -reach)) continue;
        let paint = value;
        let share = 0;
        if (s !== undefined && stain !== undefined) {
          share = s[p]! + t * (s[q]! - s[p]!);
          paint += share * (stain.density - value);
        }
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        let distance = m0;
        let thick = h0 + widen;
        const dm = (m1 - m0) / step;
        const dh = (h1 - h0) / step;
        for (; pixel < stop; pixel++, distance += dm, thick += dh) {
          const raw = 0.5 + (thick - (distance < 0 ? -distance : distance)) / edge;
          if (raw <= 0) continue;
          // A sheet thinner than the edge never covers a pixel wholly.
          const full = 2 * thick < edge ? (thick > 0 ? (2 * thick) / edge : 0) : 1;
          const cover = raw < full ? raw : full;
          image[pixel] = image[pixel]! + cover * (paint - image[pixel]!);
          if (share > 0) {
            area += cover * share;
            if (marks !== undefined && cover * share >= 0.5) marks[pixel] = marks[pixel]! | bit;
          }
        }
      }
    }
  }
  return area;
}
