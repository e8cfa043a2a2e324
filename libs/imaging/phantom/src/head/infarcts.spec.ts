import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { at, renderAt } from '../testing/straight-head.js';
import { drawAnatomy } from './anatomy.js';
import { drawInfarcts, Infarcts, type InfarctPlan, type TerritorialInfarct } from './infarcts.js';
import { Vault } from './vault.js';

const vault = new Vault(drawAnatomy(createRandom('infarcts')));
const none = { territorial: [], lacunar: [], scar: 20, cyst: 8 } as const;

/** A middle cerebral artery of the left side. */
const wedge: TerritorialInfarct = {
  side: 1,
  azimuth: 1.5,
  elevation: 0.35,
  radius: 26,
  tip: 0.45,
  isCerebellar: false,
  loss: 0.8,
  rim: 60,
  phase: 3,
};

describe('Infarcts', () => {
  it('measures the distance to a lacune', () => {
    const infarcts = new Infarcts({ ...none, lacunar: [{ center: [25, -3, 2], radii: [4, 4, 4] }] }, vault);
    infarcts.measure(25, -3, 2);
    expect(infarcts.cyst).toBeCloseTo(-4, 9);
    infarcts.measure(35, -3, 2);
    expect(infarcts.cyst).toBeCloseTo(6, 9);
    // A hole displaces no folds.
    expect([infarcts.scar, infarcts.loss]).toEqual([60, 0]);
  });

  it('keeps a territorial infarct on its side of the falx and above the tentorium', () => {
    const infarcts = new Infarcts({ ...none, territorial: [wedge] }, vault);
    let inside = 0;
    for (let x = -60; x <= 60; x += 4) {
      for (let y = -60; y <= 60; y += 4) {
        for (let z = -40; z <= 60; z += 4) {
          infarcts.measure(x, y, z);
          if (infarcts.scar >= 0) continue;
          inside++;
          expect(x).toBeGreaterThan(3);
          // Far behind, the tentorium falls to -20 mm at the side.
          if (y > 14) expect(z).toBeGreaterThan(-25);
          expect(infarcts.loss).toBe(0.8);
        }
      }
    }
    // More than a fifth and less than twice the ball of its base (26 mm).
    const ball = (4 / 3) * Math.PI * 26 ** 3;
    expect(inside * 64).toBeGreaterThan(0.2 * ball);
    expect(inside * 64).toBeLessThan(2 * ball);
  });

  it('loses less tissue with the distance: to 1/e of it 6 mm away', () => {
    const infarcts = new Infarcts({ ...none, territorial: [wedge] }, vault);
    for (let x = 10; x < 50; x += 5) {
      infarcts.measure(x, 0, 30);
      const expected = 0.8 * Math.exp(-Math.max(0, infarcts.scar) / 6);
      expect(infarcts.loss).toBeCloseTo(infarcts.scar > 33 ? 0 : expected, 9);
    }
  });
});

describe('an infarct in a slice', () => {
  const plan: InfarctPlan = { ...none, lacunar: [{ center: [24, 5, 36], radii: [6, 6, 6] }] };
  const [plain, lacunar, territorial] = [
    {},
    { infarcts: plan },
    { infarcts: { ...none, territorial: [wedge] } },
  ].map((variation) => renderAt([36], variation)[0]);
  if (!plain || !lacunar || !territorial) throw new Error('three heads');

  it('has the density of its cyst in white matter, and none beside it', () => {
    // White matter: 26 to 29.5 HU.
    expect(at(plain, 24, 5)).toBeGreaterThan(25);
    expect(at(lacunar, 24, 5)).toBe(8);
    expect(at(lacunar, -24, 5)).toBe(at(plain, -24, 5));
    expect(at(lacunar, 24, 20)).toBe(at(plain, 24, 20));
  });

  it('has the density of its scar in most of the wedge, fluid in the widened sulci', () => {
    const values = [];
    for (let x = 34; x < 52; x++) for (let y = -6; y < 6; y++) values.push(at(territorial, x, y));
    values.sort((a, b) => a - b);
    expect(values[values.length >> 1]).toBeLessThanOrEqual(20.5);
    // Fluid has 3 HU or more: nothing of air, bone or blood.
    expect(values[0]).toBeGreaterThanOrEqual(2);
    expect(values.at(-1)).toBeLessThan(40);
    expect(at(territorial, -24, 5)).toBe(at(plain, -24, 5));
  });
});

describe('drawInfarcts', () => {
  it('draws territorial ones in about 45 % of the heads, lacunes in half, of the densities of old infarcts', () => {
    const plans = Array.from({ length: 400 }, (_, seed) => drawInfarcts(createRandom(seed, 'infarcts')));
    // Four standard deviations of a share of 400 are 0.1.
    const share = (has: (plan: InfarctPlan) => boolean) => plans.filter(has).length / plans.length;
    expect(Math.abs(share(({ territorial }) => territorial.length > 0) - 0.45)).toBeLessThan(0.1);
    expect(Math.abs(share(({ lacunar }) => lacunar.length > 0) - 0.5)).toBeLessThan(0.1);
    for (const { lacunar, scar, cyst } of plans) {
      expect(scar).toBeGreaterThanOrEqual(15);
      expect(scar).toBeLessThan(24);
      expect(cyst).toBeGreaterThanOrEqual(5);
      expect(cyst).toBeLessThan(12);
      // At most 15 mm wide: 2 x 5.5 x 1.35.
      for (const { radii } of lacunar) expect(Math.max(...radii)).toBeLessThan(7.5);
    }
  });
});
