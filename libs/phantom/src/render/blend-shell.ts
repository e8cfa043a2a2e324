import type { Band } from './field.js';
import type { Fields } from './fields.js';

/** Compact bone of the two tables, HU. */
const TABLE_BONE = 1350;

/**
 * Paints what surrounds the brain: soft tissue, and on it the skull, whose compact tables are about one edge width on
 * both sides of spongy bone. What the cavity will cover is left out.
 */
export function blendShell(image: Float32Array, fields: Fields, band: Band): void {
  const { step, width, rows, columns } = fields.skin.grid;
  const skins = fields.skin.values;
  const outers = fields.outer.values;
  const inners = fields.inner.values;
  const softs = fields.soft.values;
  const diploes = fields.diploe.values;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const left = Math.min(fields.skin.start(cell), fields.outer.start(cell));
    const right = Math.max(fields.skin.end(cell), fields.outer.end(cell));
    const end = Math.min(rows, (cell + 1) * step);
    for (let column = left; column < right; column++) {
      const a = cell * width + column;
      const b = a + 1;
      const c = a + width;
      const d = c + 1;
      if (inners[a]! < -0.5 && inners[b]! < -0.5 && inners[c]! < -0.5 && inners[d]! < -0.5) continue;
      const hasBone = outers[a]! < 0.5 || outers[b]! < 0.5 || outers[c]! < 0.5 || outers[d]! < 0.5;
      const hasSkin = skins[a]! < 0.5 || skins[b]! < 0.5 || skins[c]! < 0.5 || skins[d]! < 0.5;
      if (!hasBone && !hasSkin) continue;
      for (let row = cell * step; row < end; row++) {
        const t = (row - cell * step) / step;
        let skin = skins[a]! + t * (skins[c]! - skins[a]!);
        const skinSlope = (skins[b]! + t * (skins[d]! - skins[b]!) - skin) / step;
        let inner = inners[a]! + t * (inners[c]! - inners[a]!);
        const innerSlope = (inners[b]! + t * (inners[d]! - inners[b]!) - inner) / step;
        let soft = softs[a]! + t * (softs[c]! - softs[a]!);
        const softSlope = (softs[b]! + t * (softs[d]! - softs[b]!) - soft) / step;
        let outer = outers[a]! + t * (outers[c]! - outers[a]!);
        const outerSlope = (outers[b]! + t * (outers[d]! - outers[b]!) - outer) / step;
        let diploe = diploes[a]! + t * (diploes[c]! - diploes[a]!);
        const diploeSlope = (diploes[b]! + t * (diploes[d]! - diploes[b]!) - diploe) / step;
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        for (; pixel < stop; pixel++) {
          if (inner > -0.5 && skin < 0.5) {
            const cover = skin > -0.5 ? 0.5 - skin : 1;
            image[pixel] = image[pixel]! + cover * (soft - image[pixel]!);
          }
          if (hasBone && inner > -0.5 && outer < 0.5) {
            const depth = -outer < inner ? -outer : inner;
            const compact = depth < 1.1 ? 1 : depth > 2.4 ? 0 : (2.4 - depth) / 1.3;
            const bone = diploe + compact * (TABLE_BONE - diploe);
            const cover = outer > -0.5 ? 0.5 - outer : 1;
            image[pixel] = image[pixel]! + cover * (bone - image[pixel]!);
          }
          skin += skinSlope;
          inner += innerSlope;
          soft += softSlope;
          outer += outerSlope;
          diploe += diploeSlope;
        }
      }
    }
  }
}
