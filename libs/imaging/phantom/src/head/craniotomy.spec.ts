import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { at, renderAt } from '../testing/straight-head.js';
import { drawAnatomy } from './anatomy.js';
import { Craniotomy } from './craniotomy.js';
import type { CraniotomyPlan } from './operation.js';
import type { Variation } from './variation.js';
import { Vault } from './vault.js';

/** On the left side, at the height of the middle of the head (z = 8). */
const plan: CraniotomyPlan = {
  azimuth: Math.PI / 2,
  elevation: 0,
  radius: 30,
  kerf: 3,
  flap: 'fixed',
  lift: 0,
  burrHole: 6,
  burrHoles: [],
  plates: [],
  recent: undefined,
};
const operated = (changes: Partial<CraniotomyPlan>) =>
  slice({ operation: { craniotomy: { ...plan, ...changes }, clip: undefined, shunt: undefined } });

function slice(variation: Partial<Variation>): Int16Array {
  const [image] = renderAt([8], variation);
  if (image === undefined) throw new Error('one slice');
  return image;
}

/** The brightest on the way through the side of the skull at `y`, HU. */
const boneAt = (image: Int16Array, y: number, side = 1) =>
  Math.max(...Array.from({ length: 45 }, (_, i) => at(image, side * (45 + i), y)));

describe('Craniotomy', () => {
  const craniotomy = new Craniotomy(
    { ...plan, lift: 2, recent: { thickness: 8, density: 15, air: 0, swelling: 0 } },
    new Vault(drawAnatomy(createRandom('craniotomy'))),
  );

  it('measures along the surface from its axis', () => {
    craniotomy.measure(65, 0, 8);
    // The axis goes through the middle of the head at z = 8.
    expect(craniotomy.cut).toBeCloseTo(-30, 9);
    expect(craniotomy.fluid).toBeCloseTo(8, 9);
    expect(craniotomy.lift).toBe(2);
    craniotomy.measure(65, 24, 26);
    // 24 forwards, 18 up: 30 away, on the cut; fluid ends 2 mm beyond, 8 (1 - (30/32)^2).
    expect(craniotomy.cut).toBeCloseTo(0, 9);
    expect(craniotomy.fluid).toBeCloseTo(8 * (1 - (30 / 32) ** 2), 9);
    expect(craniotomy.lift).toBeCloseTo(1, 9);
    craniotomy.measure(-65, 0, 8);
    expect([craniotomy.cut, craniotomy.hole, craniotomy.lift]).toEqual([60, 60, 0]);
  });

  it('finds points of the vault at an angle around it', () => {
    const { point } = craniotomy.onSurface(0.7, 20);
    craniotomy.measure(...point);
    // The surface bends away, so a point of it is a little nearer to the axis.
    expect(craniotomy.cut).toBeGreaterThan(-30 + 15);
    expect(craniotomy.cut).toBeLessThan(-30 + 20.5);
  });
});

describe('a craniotomy in a slice', () => {
  const plain = slice({});

  it('leaves no bone where the flap is missing, and all of it elsewhere', () => {
    const missing = operated({ flap: 'missing' });
    for (const y of [-20, 0, 20]) {
      expect(boneAt(plain, y)).toBeGreaterThan(800);
      expect(boneAt(missing, y)).toBeLessThan(120);
      expect(boneAt(missing, y, -1)).toBe(boneAt(plain, y, -1));
    }
    for (const y of [-40, 40]) expect(boneAt(missing, y)).toBeGreaterThan(800);
  });

  it('has cuts of 3 mm at both ends of a fixed flap, and bone between them', () => {
    const fixed = operated({});
    const bone = Array.from({ length: 81 }, (_, i) => boneAt(fixed, i - 40));
    const cut = [...bone.entries()].filter(([, hu]) => hu < 700).map(([i]) => i - 40);
    for (const y of cut) expect(Math.abs(Math.abs(y) - 30)).toBeLessThanOrEqual(4);
    expect(cut.some((y) => y < 0)).toBe(true);
    expect(cut.some((y) => y > 0)).toBe(true);
    expect(cut.length).toBeLessThan(12);
  });

  it('has fluid and air under a fresh flap, where brain was', () => {
    const recent = { thickness: 8, density: 15, swelling: 0 };
    const depths = (image: Int16Array) =>
      Array.from({ length: 8 }, (_, mm) => at(image, innerTable(image) - 2 - mm, 0));
    const wet = depths(operated({ recent: { ...recent, air: 0 } }));
    const aired = depths(operated({ recent: { ...recent, air: 1 } }));
    // 8 mm in the middle; the bright rim of beam hardening adds 5 HU beside the bone.
    for (const hu of wet.slice(0, 4)) expect(Math.abs(hu - 17)).toBeLessThan(5);
    for (const hu of aired.slice(0, 4)) expect(hu).toBeLessThan(-850);
  });

  /** Where the skull begins on the left, mm. */
  function innerTable(image: Int16Array): number {
    let x = 40;
    while (at(image, x, 0) < 500) x++;
    return x;
  }
});
