import type { Random } from '../random.js';
import { imageNoiseTile, TILE, TILE_STEPS } from '../spectral-noise.js';
import type { Band, Field } from './field.js';

/** Value of pixels outside the reconstructed circle. */
export const OUTSIDE_CIRCLE = -5000;

/** Below this a pixel is air: no bias there, and less noise. */
const AIR = -900;

/** Turns the rows of a band into whole HU. */
export type Finish = (image: Float32Array, target: Int16Array, band: Band) => void;

/**
 * The last step of a slice: adds bias and noise and rounds. The noise is a sum of two shifted copies of one tile,
 * so that no two slices share it; in air one copy does.
 *
 * @param sigma deviation of the noise in the middle of the head, HU
 */
export function createFinish(bias: Field, sigma: number, random: Random): Finish {
  const { rows, columns, step, width } = bias.grid;
  const tile = imageNoiseTile();
  const mask = TILE - 1;
  const shift = () => random.integer(0, mask);
  const [r1, c1, r2, c2] = [shift(), shift(), shift(), shift()];
  const unit = sigma / TILE_STEPS;
  const weak = unit * 0.6 * random.pick([-1, 1]);
  const strong = unit * 0.8;
  const air = unit * 0.5;
  const { values } = bias;
  return (image, target, { top, bottom }) => {
    const end = Math.min(rows, bottom * step);
    for (let row = top * step; row < end; row++) {
      const first = ((row + r1) & mask) * TILE;
      const second = ((r2 - row) & mask) * TILE;
      const cell = (row / step) | 0;
      const t = (row - cell * step) / step;
      const upper = cell * width;
      // Rays through the middle of the head are weakened most.
      const fall = 1.15 - 0.6 * (row / rows - 0.5) ** 2;
      let b = values[upper]! + t * (values[upper + width]! - values[upper]!);
      for (let column = 0, k = 1; column < columns; k++) {
        const a = b;
        b = values[upper + k]! + t * (values[upper + width + k]! - values[upper + k]!);
        const stop = Math.min(columns, column + step);
        const slope = (b - a) / step;
        for (let add = a; column < stop; column++, add += slope) {
          const pixel = row * columns + column;
          const hu = image[pixel]!;
          const noise = tile[first + ((column + c1) & mask)]!;
          if (hu < AIR) {
            target[pixel] = hu === OUTSIDE_CIRCLE ? hu : hu + air * noise;
          } else {
            const more = weak * tile[second + ((column + c2) & mask)]!;
            const value = hu + add + (strong * noise + more) * fall;
            target[pixel] = value + (value < 0 ? -0.5 : 0.5);
          }
        }
      }
    }
  };
}
