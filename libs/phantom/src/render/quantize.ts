import type { Random } from '../random.js';
import { imageNoiseTile, TILE } from '../spectral-noise.js';
import type { Field } from './field.js';

/** Value of pixels outside the reconstructed circle. */
export const OUTSIDE_CIRCLE = -5000;

/**
 * Adds bias and noise and rounds to whole HU. The noise is a sum of two shifted copies of one tile,
 * so that no two slices share it; it is weaker in air.
 */
export function quantize(
  image: Float32Array,
  bias: Field,
  sigma: number,
  random: Random,
  target: Int16Array,
): void {
  const { rows, columns, step, width } = bias.grid;
  const tile = imageNoiseTile();
  const mask = TILE - 1;
  const [r1, c1, r2, c2] = [0, 0, 0, 0].map(() => random.integer(0, mask));
  if (r1 === undefined || c1 === undefined || r2 === undefined || c2 === undefined) return;
  const strong = sigma * 0.8;
  const weak = sigma * 0.6 * random.pick([-1, 1]);
  const values = bias.values;
  const inverse = 1 / step;
  const middle = (columns - 1) / 2;
  for (let row = 0; row < rows; row++) {
    const first = ((row + r1) & mask) * TILE;
    const second = ((r2 - row) & mask) * TILE;
    const cell = (row / step) | 0;
    const t = (row - cell * step) * inverse;
    const upper = cell * width;
    const fall = 1.18 - 0.5 * ((row - (rows - 1) / 2) / rows) ** 2;
    for (let column = 0; column < columns; column++) {
      const pixel = row * columns + column;
      const hu = image[pixel]!;
      if (hu === OUTSIDE_CIRCLE) {
        target[pixel] = OUTSIDE_CIRCLE;
        continue;
      }
      const noise =
        strong * tile[first + ((column + c1) & mask)]! + weak * tile[second + ((column + c2) & mask)]!;
      if (hu < -900) {
        target[pixel] = hu + 0.6 * noise;
        continue;
      }
      const k = (column * inverse) | 0;
      const s = column * inverse - k;
      const a = values[upper + k]! + s * (values[upper + k + 1]! - values[upper + k]!);
      const p = upper + width + k;
      const b = values[p]! + s * (values[p + 1]! - values[p]!);
      const radius = (column - middle) / columns;
      const value = hu + a + t * (b - a) + noise * (fall - 0.5 * radius * radius);
      target[pixel] = value + (value < 0 ? -0.5 : 0.5);
    }
  }
}
