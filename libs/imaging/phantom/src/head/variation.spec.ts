import { present } from '@ichor/files';
import { describe, expect, it } from 'vitest';
import { createStudy } from '../cohort/study.js';
import { createRandom } from '../random.js';
import { averageVariation, drawVariation, parseVarieties, VARIETIES, type Variety } from './variation.js';

const stream = (name: Variety) => createRandom('variation', name);
const healthy = { set: 'train', index: 3, kinds: [], studies: 1 } as const;
const study = (varieties?: readonly Variety[]) =>
  createStudy(healthy, 0, { seed: 5, size: 96, ...(varieties === undefined ? {} : { varieties }) });

/** HU of all slices, one after another. */
function pixels(varieties?: readonly Variety[]): number[] {
  const { renderer, acquisition } = study(varieties);
  return acquisition.positions.flatMap((_, slice) => [...renderer.render(slice).hounsfield]);
}

describe('drawVariation', () => {
  it('is the average with nothing on', () => {
    expect(drawVariation([], stream)).toEqual(averageVariation);
    expect(pixels([])).toEqual(pixels());
  });

  it('draws each by itself', () => {
    const changes = new Map<Variety, number>(VARIETIES.map((name) => [name, 0]));
    for (let seed = 0; seed < 8; seed++) {
      const of = (name: Variety) => createRandom(seed, name);
      const all = drawVariation(VARIETIES, of);
      for (const name of VARIETIES) {
        const changed = Object.entries(drawVariation([name], of)).filter(
          ([key, value]) => value !== averageVariation[key as keyof typeof all],
        );
        changes.set(name, changes.get(name)! + changed.length);
        expect(all).toMatchObject(Object.fromEntries(changed));
      }
    }
    expect([...changes].filter(([, count]) => count === 0)).toEqual([]);
  });
});

describe('what varies', () => {
  const plain = pixels();

  it('dense sheets and sinuses brighten what they cover, and nothing else changes', () => {
    const difference = pixels(['dense']).map((value, i) => value - present(plain[i]));
    const changed = difference.filter((value) => value !== 0);
    const total = changed.reduce((sum, value) => sum + value, 0);
    expect(changed.length).toBeGreaterThan(200);
    expect(changed.length).toBeLessThan(0.1 * plain.length);
    expect(total / changed.length).toBeGreaterThan(2);
  });

  it('bone of the base shines into the brain beside it: its slices change', () => {
    const base = pixels(['base']).slice(0, 8 * 96 * 96);
    expect(base.filter((value, i) => value !== plain[i]).length).toBeGreaterThan(500);
  });

  it('subtle bleeds are smaller and paler, where they were, and nothing else changes', () => {
    const ill = { set: 'train', index: 3, kinds: ['intraparenchymal', 'subdural'], studies: 1 } as const;
    const bleeds = (seed: number, varieties: readonly Variety[]) =>
      createStudy(ill, 0, { seed, size: 64, varieties }).bleeds;
    for (let seed = 0; seed < 6; seed++) {
      const usual = bleeds(seed, []);
      for (const [i, pale] of bleeds(seed, ['subtle']).entries()) {
        const { kind, density } = present(usual[i]);
        expect(pale.kind).toBe(kind);
        // Above the 34 HU of brain, between 0.4 and 1 of what it was.
        const contrast = (pale.density - 34) / (density - 34);
        expect(contrast).toBeGreaterThan(0.4);
        expect(contrast).toBeLessThan(1);
        if (kind === 'intraparenchymal') expect(pale.center).toEqual(present(usual[i]).center);
      }
    }
    expect(pixels(['subtle'])).toEqual(plain);
  });

  it('turns heads about all axes, on top of how they lie', () => {
    const rotation = (varieties: readonly Variety[]) => {
      const { acquisition } = createStudy(healthy, 0, { seed: 2, size: 64, varieties });
      return acquisition.toHead.map((row) => row.map((value) => value / Math.hypot(...row)));
    };
    const straight = rotation([]);
    const angle = (rows: readonly (readonly number[])[]) => {
      const trace = rows.reduce(
        (sum, row, i) => sum + row.reduce((dot, value, j) => dot + value * present(straight[i]?.[j]), 0),
        0,
      );
      return Math.acos(Math.min(1, (trace - 1) / 2));
    };
    expect(angle(rotation(['dense']))).toBeCloseTo(0, 6);
    expect(angle(rotation(['turned']))).toBeGreaterThan(0.05);
    // Three standard deviations of each angle: 0.84, 0.6, 0.6.
    expect(angle(rotation(['turned']))).toBeLessThan(1.2);
    expect(rotation(['turned', 'posture'])).not.toEqual(rotation(['turned']));
  });

  it('a neck adds slices below, and moves none of those that were there', () => {
    const lowest = (seed: number) =>
      [[], ['neck'] as const].map((varieties) => {
        const { acquisition } = createStudy(healthy, 0, { seed, size: 64, varieties });
        return present(acquisition.positions[0])[2] - acquisition.headAt[2];
      });
    const deeper = Array.from({ length: 12 }, (_, seed) => lowest(seed)).map(([a = 0, b = 0]) => a - b);
    expect(Math.min(...deeper)).toBe(0);
    expect(Math.max(...deeper)).toBeGreaterThan(5);
    // 40 mm in the head's own scale, which is up to a tenth larger.
    expect(Math.max(...deeper)).toBeLessThan(45);
  });
});

describe('parseVarieties', () => {
  it('knows lists, all and none, and names what is unknown', () => {
    expect(parseVarieties('all')).toEqual(VARIETIES);
    expect(parseVarieties('none')).toEqual([]);
    expect(parseVarieties('dense, base')).toEqual(['base', 'dense']);
    expect(() => parseVarieties('base,bass')).toThrow(/no variety 'bass'/);
  });
});
