import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { imageNoiseTile, TILE, TILE_STEPS } from '../spectral-noise.js';
import { createGrid, Field } from './field.js';
import { finish, hounsfieldUnits, NEARLY_AIR, OUTSIDE_CIRCLE, stretch } from './finish.js';
import type { StoredRange } from './kernel.js';

const f = Math.fround;
const MASK = TILE - 1;

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

/** The same pixel by pixel, every operation rounded to float32 as the kernel does. */
function finishSlowly(image: Float32Array, bias: Field, sigma: number, seed: string, range: StoredRange) {
  const { rows, columns, step } = bias.grid;
  const random = createRandom(seed);
  const [down1, along1, down2, along2] = [0, 0, 0, 0].map(() => random.integer(0, MASK));
  const sign = random.pick([-1, 1]);
  const unit = sigma / TILE_STEPS;
  const tile = imageNoiseTile();
  const above = new Float32Array(columns);
  const below = new Float32Array(columns);
  const noise = (row: number, column: number) => tile[(row & MASK) * TILE + (column & MASK)]!;
  return Int16Array.from(image, (hu, pixel) => {
    const row = Math.floor(pixel / columns);
    const column = pixel % columns;
    const cell = Math.floor(row / step);
    stretch(bias, cell, above);
    stretch(bias, cell + 1, below);
    const t = f((row - cell * step) / step);
    const add = f(above[column]! + f(t * f(below[column]! - above[column]!)));
    const fall = 1.15 - 0.6 * (row / rows - 0.5) ** 2;
    const first = noise(row + down1!, column + along1!);
    const second = noise(down2! - row, column + along2!);
    const grain = f(f(f(unit * 0.8 * fall) * first) + f(f(unit * 0.6 * sign * fall) * second));
    if (hu === OUTSIDE_CIRCLE) return range.padding;
    const value = hu < NEARLY_AIR ? f(hu + f(f(unit * 0.5) * first)) : f(f(hu + add) + grain);
    return Math.min(range.high, Math.max(range.low, roundToEven(value) - range.intercept)) & range.bits;
  });
}

/** Air, tissue, bone and pixels outside the circle; sizes that are not multiples of a cell or of eight pixels. */
function example(rows: number, columns: number) {
  const random = createRandom('finish', rows);
  const image = Float32Array.from({ length: rows * columns }, () =>
    random.pick([OUTSIDE_CIRCLE, -1000, -950, random.between(-120, 100), random.between(300, 5000)]),
  );
  const bias = new Field(createGrid(rows, columns, 0.7));
  bias.values.forEach((_, node) => bias.put(node, random.between(-8, 5)));
  return { image, bias };
}

const ranges: readonly (readonly [string, StoredRange])[] = [
  ['as they are', hounsfieldUnits],
  ['unsigned', { intercept: -1024, low: 0, high: 4095, bits: -1, padding: -2000 }],
  ['wrapped at 12 bits', { intercept: 0, low: -1000, high: 3095, bits: 0xfff, padding: 3096 }],
];

describe('finishing a slice', () => {
  it.each(ranges)('gives what one pixel after the other gives, HU %s', (_, range) => {
    for (const [rows, columns] of [
      [37, 61],
      [9, 530],
    ] as const) {
      const { image, bias } = example(rows, columns);
      const target = new Int16Array(rows * columns);
      finish(image, target, { bias, sigma: 3, stored: range }, createRandom('seed'));
      expect(target).toEqual(finishSlowly(image, bias, 3, 'seed', range));
    }
  });
});
