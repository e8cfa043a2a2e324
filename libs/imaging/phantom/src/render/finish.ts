import type { Random } from '../random.js';
import { TILE, TILE_STEPS } from '../spectral-noise.js';
import type { Field } from './field.js';
import { kernel, type StoredRange } from './kernel.js';

/** Value of pixels outside the reconstructed circle. */
export const OUTSIDE_CIRCLE = -5000;

/** HU of air. */
export const AIR = -1000;

/** HU below which a pixel is air: it has no bias, and less noise. */
export const NEARLY_AIR = -900;

const MASK = TILE - 1;

/** Writes HU as they are. */
export const hounsfieldUnits: StoredRange = {
  intercept: 0,
  low: -32768,
  high: 32767,
  bits: -1,
  padding: OUTSIDE_CIRCLE,
};

export interface FinishOptions {
  /** HU to add, on the nodes of a grid. */
  readonly bias: Field;
  /** Deviation of the noise in the middle of the head, HU. */
  readonly sigma: number;
  readonly stored?: StoredRange | undefined;
}

/**
 * The last step of a slice: adds bias and noise, rounds to whole HU and writes them as a file stores them. The noise is
 * a sum of two shifted copies of one tile, so that no two slices share it; in air one copy does.
 */
export function finish(
  image: Float32Array,
  target: Int16Array,
  { bias, sigma, stored = hounsfieldUnits }: FinishOptions,
  random: Random,
): void {
  const { rows, columns, step } = bias.grid;
  const shift = () => random.integer(0, MASK);
  const [down1, along1, down2, along2] = [shift(), shift(), shift(), shift()];
  const unit = sigma / TILE_STEPS;
  const sign = random.pick([-1, 1]);
  const limits = { nearlyAir: NEARLY_AIR, outsideCircle: OUTSIDE_CIRCLE };
  const lines = kernel().rows(step, columns, stored, limits);
  stretch(bias, 0, lines.below);
  for (let cell = 0; cell * step < rows; cell++) {
    const top = cell * step;
    const bottom = Math.min(rows, top + step);
    lines.image.set(image.subarray(top * columns, bottom * columns));
    lines.above.set(lines.below);
    stretch(bias, cell + 1, lines.below);
    for (let row = top; row < bottom; row++) {
      // Rays through the middle of the head are weakened most.
      const fall = 1.15 - 0.6 * (row / rows - 0.5) ** 2;
      lines.finish(row - top, (row - top) / step, {
        line1: (row + down1) & MASK,
        along1,
        line2: (down2 - row) & MASK,
        along2,
        strong: unit * 0.8 * fall,
        weak: unit * 0.6 * sign * fall,
        faint: unit * 0.5,
      });
    }
    target.set(lines.output.subarray(0, (bottom - top) * columns), top * columns);
  }
}

/** Interpolates a row of nodes onto its pixels. */
export function stretch({ grid, values }: Field, row: number, target: Float32Array): void {
  const { columns, step, width } = grid;
  for (let cell = 0; cell * step < columns; cell++) {
    const a = values[row * width + cell]!;
    const slope = (values[row * width + cell + 1]! - a) / step;
    const first = cell * step;
    const end = Math.min(columns, first + step);
    for (let column = first; column < end; column++) target[column] = a + slope * (column - first);
  }
}
