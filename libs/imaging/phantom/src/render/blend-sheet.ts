import { limitCover } from './cover.js';
import type { Field } from './field.js';
import type { Region } from './region.js';

/** The sheet that {@link blendSheet} paints. */
export interface Sheet {
  /** Signed distance to the middle of the sheet, mm. */
  readonly middle: Field;
  /** Half the thickness there, mm; far below zero outside of a sheet. */
  readonly half: Field;
  /** Amount added to the half thickness, mm. */
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

export interface StainedSheet {
  readonly stain?: Stain | undefined;
  /** `bit` is set in it for pixels that the stain covers by at least half. */
  readonly marks?: Uint8Array | undefined;
  readonly bit?: number;
}

/**
 * Paints a thin sheet (sulcus, fissure, falx). Interpolating the signed distance and taking its absolute value
 * per pixel keeps it thin, which interpolating |distance| would not. It is one long function, because most of the time of a
 * slice is spent in its loops.
 *
 * @returns the area that is covered by stain and inside the region, in pixels.
 */
export function blendSheet(
  image: Float32Array,
  { middle, half, widen, edge, value }: Sheet,
  { inside, band }: Region,
  { stain, marks, bit = 0 }: StainedSheet = {},
): number {
  const { step, width, rows, columns } = middle.grid;
  const m = middle.values;
  const h = half.values;
  const s = stain?.share.values;
  const insides = inside.values;
  const density = stain?.density ?? 0;
  const limit = -widen - edge / 2;
  const perEdge = 1 / edge;
  const perStep = 1 / step;
  let area = 0;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const right = inside.end(cell);
    const end = Math.min(rows, (cell + 1) * step);
    for (let column = inside.start(cell); column < right; column++) {
      const p = cell * width + column;
      const q = p + width;
      const hp = h[p]!;
      const hp1 = h[p + 1]!;
      const hq = h[q]!;
      const hq1 = h[q + 1]!;
      const reach = Math.max(hp, hp1, hq, hq1) - limit;
      if (reach <= 0) continue;
      const mp = m[p]!;
      const mp1 = m[p + 1]!;
      const mq = m[q]!;
      const mq1 = m[q + 1]!;
      if (Math.min(mp, mp1, mq, mq1) > reach || Math.max(mp, mp1, mq, mq1) < -reach) continue;
      const hStep = (hq - hp) * perStep;
      const h1Step = (hq1 - hp1) * perStep;
      const mStep = (mq - mp) * perStep;
      const m1Step = (mq1 - mp1) * perStep;
      for (let row = cell * step; row < end; row++) {
        const down = row - cell * step;
        const h0 = hp + down * hStep;
        const h1 = hp1 + down * h1Step;
        const m0 = mp + down * mStep;
        const m1 = mp1 + down * m1Step;
        // The sheet crosses most cells aslant and misses some of their rows.
        const near = Math.max(h0, h1) - limit;
        if (Math.min(m0, m1) > near || Math.max(m0, m1) < -near) continue;
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        const wholly = Math.min(h0, h1) + widen - edge / 2;
        if (s === undefined && Math.max(m0, m1) <= wholly && Math.min(m0, m1) >= -wholly) {
          for (; pixel < stop; pixel++) image[pixel] = value;
          continue;
        }
        let distance = m0;
        let thick = h0 + widen;
        const dm = (m1 - m0) * perStep;
        const dh = (h1 - h0) * perStep;
        const t = down * perStep;
        const share = s === undefined ? 0 : s[p]! + t * (s[q]! - s[p]!);
        if (share <= 0) {
          for (; pixel < stop; pixel++, distance += dm, thick += dh) {
            image[pixel] = image[pixel]! + sheetCover(thick, distance, perEdge) * (value - image[pixel]!);
          }
          continue;
        }
        const paint = value + share * (density - value);
        let depth = insides[p]! + t * (insides[q]! - insides[p]!);
        const slope = (insides[p + 1]! + t * (insides[q + 1]! - insides[p + 1]!) - depth) * perStep;
        for (; pixel < stop; pixel++, distance += dm, thick += dh, depth += slope) {
          const cover = sheetCover(thick, distance, perEdge);
          image[pixel] = image[pixel]! + cover * (paint - image[pixel]!);
          if (depth >= 0.5) continue;
          area += cover * share * (depth > -0.5 ? 0.5 - depth : 1);
          if (marks !== undefined && cover * share >= 0.5) marks[pixel] = marks[pixel]! | bit;
        }
      }
    }
  }
  return area;
}

/** Share of a pixel at some distance from the middle of a sheet that is `thick` on either side. */
function sheetCover(thick: number, distance: number, perEdge: number): number {
  // A sheet thinner than the edge never covers a pixel wholly.
  const thin = 2 * thick * perEdge;
  const raw = 0.5 + (thick - Math.abs(distance)) * perEdge;
  return limitCover(0.5 * (raw + thin - Math.abs(raw - thin)));
}
