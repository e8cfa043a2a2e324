import { limitCover } from './cover.js';
import type { Band } from './field.js';
import type { Fields } from './fields.js';

/** Compact bone of the two tables, HU. */
const TABLE_BONE = 1350;

/**
 * Paints what surrounds the brain: soft tissue, and on it the skull, whose compact tables are about one edge width on
 * both sides of spongy bone. Cells that the cavity will cover wholly are left out.
 */
export function blendShell(image: Float32Array, fields: Fields, band: Band): void {
  blendTissue(image, fields, band);
  blendBone(image, fields, band);
}

/** Cells that bone covers wholly are left out. */
function blendTissue(image: Float32Array, fields: Fields, band: Band): void {
  const { step, width, rows, columns } = fields.skin.grid;
  const skins = fields.skin.values;
  const outers = fields.outer.values;
  const inners = fields.inner.values;
  const softs = fields.soft.values;
  const perStep = 1 / step;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const right = fields.skin.end(cell);
    const end = Math.min(rows, (cell + 1) * step);
    for (let column = fields.skin.start(cell); column < right; column++) {
      const a = cell * width + column;
      const b = a + 1;
      const c = a + width;
      const d = c + 1;
      if (isWithin(inners, a, c) || isWithin(outers, a, c)) continue;
      if (skins[a]! >= 0.5 && skins[b]! >= 0.5 && skins[c]! >= 0.5 && skins[d]! >= 0.5) continue;
      const isWhole = isWithin(skins, a, c);
      for (let row = cell * step; row < end; row++) {
        const t = (row - cell * step) * perStep;
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        let soft = softs[a]! + t * (softs[c]! - softs[a]!);
        const softSlope = (softs[b]! + t * (softs[d]! - softs[b]!) - soft) * perStep;
        if (isWhole) {
          for (; pixel < stop; pixel++, soft += softSlope) image[pixel] = soft;
          continue;
        }
        let skin = skins[a]! + t * (skins[c]! - skins[a]!);
        const skinSlope = (skins[b]! + t * (skins[d]! - skins[b]!) - skin) * perStep;
        for (; pixel < stop; pixel++, skin += skinSlope, soft += softSlope) {
          image[pixel] = image[pixel]! + limitCover(0.5 - skin) * (soft - image[pixel]!);
        }
      }
    }
  }
}

function blendBone(image: Float32Array, fields: Fields, band: Band): void {
  const { step, width, rows, columns } = fields.outer.grid;
  const outers = fields.outer.values;
  const inners = fields.inner.values;
  const diploes = fields.diploe.values;
  const perStep = 1 / step;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const right = fields.outer.end(cell);
    const end = Math.min(rows, (cell + 1) * step);
    for (let column = fields.outer.start(cell); column < right; column++) {
      const a = cell * width + column;
      const b = a + 1;
      const c = a + width;
      const d = c + 1;
      if (isWithin(inners, a, c)) continue;
      if (outers[a]! >= 0.5 && outers[b]! >= 0.5 && outers[c]! >= 0.5 && outers[d]! >= 0.5) continue;
      for (let row = cell * step; row < end; row++) {
        const t = (row - cell * step) * perStep;
        let inner = inners[a]! + t * (inners[c]! - inners[a]!);
        const innerSlope = (inners[b]! + t * (inners[d]! - inners[b]!) - inner) * perStep;
        let outer = outers[a]! + t * (outers[c]! - outers[a]!);
        const outerSlope = (outers[b]! + t * (outers[d]! - outers[b]!) - outer) * perStep;
        let diploe = diploes[a]! + t * (diploes[c]! - diploes[a]!);
        const diploeSlope = (diploes[b]! + t * (diploes[d]! - diploes[b]!) - diploe) * perStep;
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        for (; pixel < stop; pixel++, inner += innerSlope, outer += outerSlope, diploe += diploeSlope) {
          const depth = 0.5 * (inner - outer - Math.abs(inner + outer));
          const compact = limitCover((2.4 - depth) / 1.3);
          const bone = diploe + compact * (TABLE_BONE - diploe);
          image[pixel] = image[pixel]! + limitCover(0.5 - outer) * (bone - image[pixel]!);
        }
      }
    }
  }
}

/** Whether the cell to the right of two nodes, one above the other, is wholly inside the surface that `distances` are measured to. */
function isWithin(distances: Float32Array, upper: number, lower: number): boolean {
  return (
    distances[upper]! < -0.5 &&
    distances[upper + 1]! < -0.5 &&
    distances[lower]! < -0.5 &&
    distances[lower + 1]! < -0.5
  );
}
