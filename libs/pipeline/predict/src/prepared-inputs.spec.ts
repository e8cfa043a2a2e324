import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleSize, type Variant } from '@ichor/base-model';
import { tinyModel } from '@ichor/base-model/testing';
import { planStudies } from '@ichor/intake';
import { makeHead } from '@ichor/intake/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PreparedInputs } from './prepared-inputs.js';
import { readStudy, type ReadSlice } from './read-study.js';

let folder: string;
let slices: readonly ReadSlice[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-prepared-'));
  for (const slice of [1, 2]) await writeFile(join(folder, `${slice}.dcm`), makeHead(slice));
  const { studies } = await planStudies([folder]);
  ({ slices } = await readStudy(studies[0]!));
});
afterAll(() => rm(folder, { recursive: true }));

const variants: readonly Variant[] = [{ kind: 'evaluate', pass: 0 }];
const [large, small] = [tinyModel({ imageSize: 16 }), tinyModel({ imageSize: 8 })];
/** Two networks of each size. */
const networks = [large, small, large, small].map((settings) => ({ settings, variants }));

it.each([
  { room: 'both sizes', limit: 2 * (sampleSize(large) + sampleSize(small)), kept: [true, true] },
  { room: 'the first size', limit: 2 * (sampleSize(large) + sampleSize(small)) - 1, kept: [true, false] },
  { room: 'the small size', limit: 2 * sampleSize(large) - 1, kept: [false, true] },
  { room: 'none', limit: 2 * sampleSize(small) - 1, kept: [false, false] },
])('keeps the inputs of two networks while there is room for $room', async ({ limit, kept }) => {
  const inputs = new PreparedInputs(slices, networks, limit);
  for (const [i, settings] of [large, small].entries()) {
    const first = await inputs.batch(settings, variants, 0, 2);
    const second = await inputs.batch(settings, variants, 0, 2);
    expect(second).toEqual(first);
    expect(second === first).toBe(kept[i]);
  }
});

it('keeps nothing for a single network', async () => {
  const inputs = new PreparedInputs(slices, networks.slice(0, 1));
  expect(await inputs.batch(large, variants, 0, 2)).not.toBe(await inputs.batch(large, variants, 0, 2));
});
