import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { at, renderAt } from '../testing/straight-head.js';
import { drawVessels } from './vessels.js';

describe('drawVessels', () => {
  it('draws 28 pieces, on both sides alike but for the winding, of the density of blood in vessels', () => {
    for (let seed = 0; seed < 100; seed++) {
      const vessels = drawVessels(createRandom(seed, 'vessels'));
      // Basilar artery and straight sinus: two pieces each; four, three, three and two on each side.
      expect(vessels).toHaveLength(2 + 2 + 2 * (4 + 3 + 3 + 2));
      for (const { density, radius, from, to } of vessels) {
        expect(density).toBeGreaterThanOrEqual(40);
        expect(density).toBeLessThan(66);
        expect(radius).toBeGreaterThanOrEqual(0.8);
        expect(radius).toBeLessThan(3.31);
        // All in the middle of the head.
        expect(Math.max(...[from, to].map(([x, y]) => Math.hypot(x, y)))).toBeLessThan(76);
      }
    }
  });

  it('lets the pieces of a vessel touch', () => {
    const [first, second] = drawVessels(createRandom(1, 'vessels'));
    expect(first?.to).toEqual(second?.from);
  });
});

describe('vessels in a slice', () => {
  it('brighten the cistern that they cross, by no more than their density', () => {
    const rod = { from: [0, -10, -24], to: [0, -14, -16], radius: 2, density: 60, streaks: 0 } as const;
    const [plain] = renderAt([-20]);
    const [with60] = renderAt([-20], { vessels: [{ ...rod, onlyBrighter: true }] });
    if (!plain || !with60) throw new Error('two slices');
    // The cistern before the midbrain holds fluid of 3 to 9 HU; beam hardening adds a few.
    expect(at(plain, 0, -12)).toBeLessThan(25);
    expect(at(with60, 0, -12)).toBeGreaterThan(45);
    expect(at(with60, 0, 10)).toBe(at(plain, 0, 10));
    expect(with60.every((hu, i) => hu >= (plain[i] ?? NaN))).toBe(true);
  });
});
