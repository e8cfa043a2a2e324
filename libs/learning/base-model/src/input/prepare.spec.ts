import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyDicom } from '../testing/tiny-dicom.js';
import { tinyModel } from '../testing/tiny-model.js';
import { Preparer } from './prepare.js';
import { inputRecipe, type Variant } from './recipe.js';

const size = 8;
// HU -100, -90, ... along the rows, the same in every row but for a step of 1.
const hu = Int16Array.from({ length: size * size }, (_, i) => (i % size) * 40 - 100 + Math.floor(i / size));
let folder: string;
const file = (name: string): string => join(folder, `${name}.dcm`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-prepare-'));
  await writeFile(
    file('signed'),
    tinyDicom(
      hu.map((value) => value + 1024),
      size,
      -1024,
    ),
  );
  // The quirk: stored = HU + 1000 + 1000 - 4096 modulo 4096 under an intercept of 0.
  const wrapped = hu.map((value) => (value + 4096) % 4096);
  await writeFile(file('wrapped'), tinyDicom(wrapped, size, 0, false));
});

const plain: Variant = { kind: 'evaluate', pass: 0 };
async function prepare(settings: Parameters<typeof tinyModel>[0], name: string, variant = plain) {
  const model = tinyModel({ imageSize: size, testTime: { kind: 'flips' }, ...settings });
  const output = new Float32Array(3 * size * size);
  await new Preparer(inputRecipe(model)).prepare(
    { id: name, files: [file(name)], variants: [variant] },
    output,
    0,
  );
  return output;
}

/** One channel by the rule: clamp, (v - lower) / width, minus the mean. */
function channel(values: Int16Array, lower: number, upper: number): number[] {
  const scaled = Array.from(
    values,
    (value) => (Math.min(Math.max(value, lower), upper) - lower) / (upper - lower),
  );
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  return scaled.map((value) => value - mean);
}

const near = (found: Float32Array, expected: readonly number[]): void =>
  // Weights of 14 bits at most of a step of 40 HU; here all weights are 0 or 1.
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));

describe('Preparer', () => {
  it('makes the three windows of policy 2, each minus its mean', async () => {
    const output = await prepare({}, 'signed');
    near(output, [...channel(hu, 0, 80), ...channel(hu, -20, 180), ...channel(hu, -150, 230)]);
  });

  it('shows the own window of the file in policy 1, stretched by its extremes', async () => {
    const output = await prepare({ windowPolicy: 1 }, 'signed');
    // The file says 40/80; its values reach both bounds, so that stretching changes nothing.
    near(output.subarray(2 * size * size), channel(hu, 0, 80));
  });

  it('undoes wrapped values', async () => {
    const output = await prepare({ pixelFix: true }, 'wrapped');
    near(output, [...channel(hu, 0, 80), ...channel(hu, -20, 180), ...channel(hu, -150, 230)]);
  });

  it('flips in passes 1 and 2', async () => {
    const [upright, vertical, horizontal] = await Promise.all(
      [0, 1, 2].map((pass) => prepare({}, 'signed', { kind: 'evaluate', pass })),
    );
    const at = (image: Float32Array | undefined, x: number, y: number) => image?.[y * size + x];
    expect(at(vertical, 3, 0)).toBeCloseTo(at(upright, 3, size - 1) ?? NaN, 6);
    expect(at(horizontal, 3, 1)).toBeCloseTo(at(upright, size - 4, 1) ?? NaN, 6);
  });

  it('moves the brain window in training only', async () => {
    const settings = {
      windowJitter: { center: 10, width: 10, probability: 1 },
      augmentation: {},
    };
    const train = (epoch: number) => prepare(settings, 'signed', { kind: 'train', epoch });
    const [first, second, evaluated] = [await train(0), await train(1), await prepare(settings, 'signed')];
    expect(first.subarray(0, 64)).not.toEqual(second.subarray(0, 64));
    expect(first.subarray(64)).toEqual(second.subarray(64));
    near(evaluated, channel(hu, 0, 80));
  });

  it('moves centre and width of the window independently of each other', async () => {
    const settings = { windowJitter: { center: 10, width: 10, probability: 0.3 }, augmentation: {} };
    const still = (await prepare(settings, 'signed')).subarray(0, 64);
    let moved = 0;
    for (let epoch = 0; epoch < 400; epoch++) {
      const image = await prepare(settings, 'signed', { kind: 'train', epoch });
      moved += Number(image.subarray(0, 64).some((value, i) => Math.abs(value - still[i]!) > 1e-5));
    }
    // 20 of 21 moves of the centre show, 19 of 21 of the width (half of 81 is 40 as well):
    // 1 - (1 - 0.3 x 20/21) (1 - 0.3 x 19/21) = 0.479, standard deviation 0.025. Both at once would be 0.3.
    expect(Math.abs(moved / 400 - 0.479)).toBeLessThan(0.075);
  });

  it('sees slices as 8-bit pictures in training only', async () => {
    const settings = {
      eightBit: { low: [0, 0] as [number, number], high: [80, 80] as [number, number], probability: 1 },
      augmentation: {},
    };
    const trained = await prepare(settings, 'signed', { kind: 'train', epoch: 0 });
    // Values inside 0..80 come back to 0.16 HU and are rounded; outside only white and black are left.
    const pictured = hu.map((value) => (value >= 80 ? 1000 : value <= 0 ? -1000 : value));
    near(trained, [
      ...channel(pictured, 0, 80),
      ...channel(pictured, -20, 180),
      ...channel(pictured, -150, 230),
    ]);
    expect(await prepare(settings, 'signed')).toEqual(await prepare({ augmentation: {} }, 'signed'));
  });

  it('gives a slice and its neighbours the same geometry', async () => {
    const model = tinyModel({ imageSize: size, neighbours: 1 });
    const output = new Float32Array(9 * size * size);
    const request = {
      id: 'x',
      files: Array(3).fill(file('signed')),
      variants: [{ kind: 'train', epoch: 3 } as const],
    };
    await new Preparer(inputRecipe(model)).prepare(request, output, 0);
    const slice = (place: number) => output.subarray(place * 192, (place + 1) * 192);
    expect(slice(1)).toEqual(slice(0));
    expect(slice(2)).toEqual(slice(0));
  });
});
