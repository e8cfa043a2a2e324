import type { Random } from '../random.js';
import { imageNoiseTile, TILE, TILE_STEPS } from '../spectral-noise.js';
import type { Field } from './field.js';

/** Value of pixels outside the reconstructed circle. */
export const OUTSIDE_CIRCLE = -5000;

/** HU of air. */
export const AIR = -1000;

/** Below this a pixel is air: no bias there, and less noise. */
const NEARLY_AIR = -900;

const MASK = TILE - 1;
/** Values of the tile are above -128. */
const TILE_ZERO = 128;

/** Writes HU as they are. */
const hounsfieldUnits = Int16Array.from({ length: 2 ** 16 }, (_, i) => i);

/**
 * The last step of a slice: adds bias and noise, rounds to whole HU and writes them as a file stores them. The noise is a sum of two shifted copies of one
 * tile, so that no two slices share it; in air one copy does.
 */
export class Finish {
  private readonly bias: Field;
  private readonly tile = imageNoiseTile();
  /** Rows and columns by which the two copies are shifted. */
  private readonly shifts: readonly [number, number, number, number];
  /** HU of a step of the tile: of the first copy, of the second, of the one in air. */
  private readonly strong: number;
  private readonly weak: number;
  private readonly faint: number;
  /** What to write for each HU, at index HU & 0xffff. */
  private readonly stored: Int16Array;
  /** What to write for air by the value of the tile. */
  private readonly noisyAir = new Int16Array(2 * TILE_ZERO);

  /**
   * @param bias HU to add, on the nodes of a grid
   * @param sigma deviation of the noise in the middle of the head, HU
   * @param stored what to write for each HU, at index HU & 0xffff
   */
  constructor(bias: Field, sigma: number, random: Random, stored: Int16Array = hounsfieldUnits) {
    const shift = () => random.integer(0, MASK);
    const unit = sigma / TILE_STEPS;
    this.bias = bias;
    this.shifts = [shift(), shift(), shift(), shift()];
    this.strong = unit * 0.8;
    this.weak = unit * 0.6 * random.pick([-1, 1]);
    const faint = unit * 0.5;
    this.faint = faint;
    this.stored = stored;
    for (let i = 0; i < 2 * TILE_ZERO; i++) {
      this.noisyAir[i] = stored[(AIR + faint * (i - TILE_ZERO)) & 0xffff]!;
    }
  }

  /** Fills the cells `from` to `to` (not included) of a row of pixels with air. */
  air(target: Int16Array, row: number, from: number, to: number): void {
    const { tile, noisyAir } = this;
    const { columns, step } = this.bias.grid;
    const [down, along] = this.shifts;
    const line = ((row + down) & MASK) * TILE;
    const end = Math.min(columns, to * step);
    const first = row * columns;
    for (let column = from * step; column < end; column++) {
      target[first + column] = noisyAir[tile[line + ((column + along) & MASK)]! + TILE_ZERO]!;
    }
  }

  /** The same for pixels that may hold anything. */
  cells(image: Float32Array, target: Int16Array, row: number, from: number, to: number): void {
    const { tile, strong, weak, faint, stored } = this;
    const { values, grid } = this.bias;
    const { rows, columns, step, width } = grid;
    const [r1, c1, r2, c2] = this.shifts;
    const line1 = ((row + r1) & MASK) * TILE;
    const line2 = ((r2 - row) & MASK) * TILE;
    const cell = Math.floor(row / step);
    const t = (row - cell * step) / step;
    const upper = cell * width;
    // Rays through the middle of the head are weakened most.
    const fall = 1.15 - 0.6 * (row / rows - 0.5) ** 2;
    let b = values[upper + from]! + t * (values[upper + width + from]! - values[upper + from]!);
    for (let k = from; k < to; k++) {
      const a = b;
      b = values[upper + k + 1]! + t * (values[upper + width + k + 1]! - values[upper + k + 1]!);
      const end = Math.min(columns, (k + 1) * step);
      const slope = (b - a) / step;
      let add = a;
      for (let column = k * step; column < end; column++, add += slope) {
        const hu = image[row * columns + column]!;
        const noise = tile[line1 + ((column + c1) & MASK)]!;
        let value: number;
        if (hu < NEARLY_AIR) {
          value = hu === OUTSIDE_CIRCLE ? hu : hu + faint * noise;
        } else {
          value = hu + add + (strong * noise + weak * tile[line2 + ((column + c2) & MASK)]!) * fall;
          value += value < 0 ? -0.5 : 0.5;
        }
        target[row * columns + column] = stored[value & 0xffff]!;
      }
    }
  }
}
