import { describe, expect, it } from 'vitest';
import { createStudy } from '../cohort/study.js';
import { createRandom } from '../random.js';
import { at, renderAt } from '../testing/straight-head.js';
import { drawAnatomy } from './anatomy.js';
import { drawSwellings, Scalp, type Swelling } from './scalp.js';
import { Vault } from './vault.js';

/** On the right temple, at the height of the middle of the head (z = 8). */
const hematoma: Swelling = {
  azimuth: -Math.PI / 2,
  elevation: 0,
  reach: 40,
  thickness: 10,
  density: 66,
};

describe('Scalp', () => {
  const scalp = new Scalp([hematoma], new Vault(drawAnatomy(createRandom('scalp'))));
  const thicknessAt = (y: number, side = -1) => {
    scalp.measure(side * 75, y, 8);
    return scalp.thickness;
  };

  it('is as thick as it says in the middle, nothing at its reach and on the other side', () => {
    expect(thicknessAt(0)).toBe(10);
    // Whole up to a quarter of its reach; halfway from there to the end a smooth step is at one half.
    expect(thicknessAt(9)).toBe(10);
    expect(thicknessAt(25)).toBeCloseTo(5, 9);
    expect(thicknessAt(-25)).toBeCloseTo(5, 9);
    expect(thicknessAt(41)).toBe(0);
    expect(thicknessAt(0, 1)).toBe(0);
  });
});

describe('a hematoma in a slice', () => {
  const [plain] = renderAt([8]);
  const [swollen] = renderAt([8], { swellings: [hematoma] });
  if (!plain || !swollen) throw new Error('a slice of each');
  const ray = (image: Int16Array, side: number) =>
    Array.from({ length: 50 }, (_, i) => at(image, side * (55 + i), 0));

  it('lies as blood on the bone, under a scalp that is 10 mm farther out', () => {
    const [before, after] = [ray(plain, -1), ray(swollen, -1)];
    // The last of the compact bone, and the last that is not air.
    const bone = after.findLastIndex((hu) => hu > 300);
    const skin = (values: readonly number[]) => values.findLastIndex((hu) => hu > -500);
    expect(bone).toBe(before.findLastIndex((hu) => hu > 300));
    expect(skin(after) - skin(before)).toBeGreaterThanOrEqual(9);
    expect(skin(after) - skin(before)).toBeLessThanOrEqual(11);
    for (let mm = 2; mm < 8; mm++) expect(Math.abs(after[bone + mm]! - 66)).toBeLessThan(4);
  });

  it('changes nothing within the skull and on the other side', () => {
    expect(ray(swollen, 1)).toEqual(ray(plain, 1));
    for (let y = -60; y <= 60; y += 5) expect(at(swollen, -40, y)).toBe(at(plain, -40, y));
  });
});

describe('labels', () => {
  it.each([[[]], [['epidural', 'subdural']]] as const)(
    'stay those of the blood in the skull: %j',
    (kinds) => {
      const patient = { set: 'train', index: 5, kinds, studies: 1 } as const;
      const study = (varieties: readonly 'scalp'[]) =>
        createStudy(patient, 0, { seed: 77, size: 48, varieties }, true);
      const [plain, swollen] = [study([]), study(['scalp'])];
      let changed = 0;
      for (const slice of plain.acquisition.positions.keys()) {
        const before = plain.renderer.render(slice);
        const after = swollen.renderer.render(slice);
        expect(after.area).toEqual(before.area);
        expect(after.mask?.join()).toBe(before.mask?.join());
        changed += after.hounsfield.filter((hu, pixel) => hu !== before.hounsfield[pixel]).length;
      }
      expect(changed).toBeGreaterThan(100);
    },
  );
});

describe('drawSwellings', () => {
  it('draws some on seven heads in ten, two thirds of them blood', () => {
    const heads = Array.from({ length: 400 }, (_, seed) => drawSwellings(createRandom(seed, 'scalp')));
    const all = heads.flat();
    // Four standard deviations of these shares are below 0.1.
    const swollen = heads.filter((swellings) => swellings.length > 0).length / heads.length;
    expect(Math.abs(swollen - 0.7)).toBeLessThan(0.1);
    const blood = all.filter(({ density }) => density >= 50).length / all.length;
    expect(Math.abs(blood - 0.67)).toBeLessThan(0.1);
    expect(all.every(({ density }) => density < 76 && (density >= 50 || density < 36))).toBe(true);
  });
});
