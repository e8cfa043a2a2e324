import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLEED_KINDS } from '../bleeds/bleed.js';
import { generateSet, setLayout } from '../cohort/generate.js';
import { createStudy } from '../cohort/study.js';
import { readBackground, type Background } from './background.js';
import { components, distanceTo } from './regions.js';

let root: string;
let background: Background;

// A healthy synthetic patient plays the real one: what it looks like is known.
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-background-'));
  const set = { seed: 6, patients: 1, testPatients: 0, size: 96, prevalence: 0, broken: false };
  await generateSet({ ...set, out: root, workers: 1 });
  background = await readBackground(setLayout(root).trainImages, 96);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('readBackground', () => {
  it('finds a cavity of the size of a brain: 0.9 to 2 litres', () => {
    const { spacing, positions } = background.acquisition;
    const step = positions[positions.length - 1]![2] - positions[positions.length - 2]![2];
    const pixels = background.cavities.reduce(
      (sum, { inside }) => sum + inside.reduce((a, b) => a + b, 0),
      0,
    );
    const litres = (pixels * spacing ** 2 * step) / 1e6;
    expect(litres).toBeGreaterThan(0.9);
    expect(litres).toBeLessThan(2);
  });

  it('says what is wrong with a folder without images', async () => {
    await expect(readBackground(join(root, 'truth'), 96)).rejects.toMatchObject({
      code: 'phantom/background',
    });
  });
});

describe.each(BLEED_KINDS)('%s in a background', (kind) => {
  it('shows, and changes nothing outside the skull', () => {
    const seeds = [1, 2];
    const largest = seeds.map((seed) => {
      const patient = { set: 'train', index: 0, kinds: [kind], studies: 1 } as const;
      const { renderer } = createStudy(patient, 0, { seed, size: 96 }, false, background);
      return Math.max(
        ...background.slices.map((original, i) => {
          const { hounsfield, area } = renderer.render(i);
          // Added noise has a deviation of 1 HU.
          const { inside } = background.cavities[i]!;
          const changed = original.findIndex((hu, p) => inside[p] === 0 && Math.abs(hounsfield[p]! - hu) > 8);
          expect(changed).toBe(-1);
          return area[kind];
        }),
      );
    });
    expect(Math.max(...largest)).toBeGreaterThan(60);
  });
});

describe('regions', () => {
  it('measure distances from a point within 8 %', () => {
    const set = new Uint8Array(21 * 21);
    set[10 * 21 + 10] = 1;
    const distance = distanceTo(set, 21, 21, 0.5);
    for (let row = 0; row < 21; row++) {
      for (let column = 0; column < 21; column++) {
        const exact = 0.5 * Math.hypot(row - 10, column - 10);
        expect(Math.abs(distance[row * 21 + column]! - exact)).toBeLessThanOrEqual(0.08 * exact + 1e-6);
      }
    }
  });

  it('separate what does not touch', () => {
    const set = Uint8Array.from([1, 1, 0, 0, 0, 1, 1, 0, 1]);
    expect(components(set, 3, 3).map((part) => part.sort())).toEqual([[0, 1], [5, 8], [6]]);
  });
});
