import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { at, renderAt } from '../testing/straight-head.js';
import { drawDeposits } from './deposits.js';

const heads = Array.from({ length: 400 }, (_, seed) => drawDeposits(createRandom(seed, 'deposits')));

describe('drawDeposits', () => {
  it('draws them where heads calcify, of densities from that of blood to that of bone', () => {
    const all = heads.flat();
    for (const { density, radius, from, to } of all) {
      expect(density).toBeGreaterThanOrEqual(50);
      // 110 exp(2.1) = 898.
      expect(density).toBeLessThan(899);
      expect(radius).toBeGreaterThanOrEqual(0.34);
      expect(radius).toBeLessThanOrEqual(4);
      for (const [x, y, z] of [from, to]) {
        expect(Math.hypot(x, y)).toBeLessThan(85);
        expect(z).toBeGreaterThan(-46);
        expect(z).toBeLessThan(64);
      }
    }
    // Between a fifth and seven tenths are faint, 0.45 on average.
    const faint = all.filter(({ density }) => density < 110).length / all.length;
    expect(Math.abs(faint - 0.45)).toBeLessThan(0.05);
  });

  it('calcifies the plexus in four heads of ten, mostly on both sides', () => {
    const inPlexus = (side: number) => (head: (typeof heads)[number]) =>
      head.some(({ from: [x, y, z], to: [, y2] }) => side * x > 16 && y > 24 && y2 < 42 && z > 3 && z < 20);
    const left = heads.filter(inPlexus(1)).length / heads.length;
    // 0.67 x 0.6 x 0.85 = 0.34; four standard deviations are 0.1.
    expect(Math.abs(left - 0.34)).toBeLessThan(0.1);
    const both = heads.filter((head) => inPlexus(1)(head) && inPlexus(-1)(head)).length / heads.length;
    expect(both).toBeGreaterThan(0.6 * left);
  });

  it('leaves the young without any', () => {
    const none = heads.filter((head) => head.length === 0).length / heads.length;
    // A third, and one in thirty of the others: 0.4 x 0.85 x 0.85 x 0.94 x 0.65 x 0.88 x 0.4 x 0.85 x 0.9 x 0.94.
    expect(Math.abs(none - 0.36)).toBeLessThan(0.1);
  });
});

describe('calcium in a slice', () => {
  it('has its density, or less where the slice holds brain too', () => {
    const deposit = { from: [18, -4, 2], to: [18, -2, 2], streaks: 0, onlyBrighter: true } as const;
    const [plain] = renderAt([2]);
    const [dense] = renderAt([2], { deposits: [{ ...deposit, radius: 3, density: 400 }] });
    const [beside] = renderAt([5.3], { deposits: [{ ...deposit, radius: 3, density: 400 }] });
    if (!plain || !dense || !beside) throw new Error('three slices');
    expect(at(dense, 18, -3)).toBe(400);
    // Its top, 5 mm, reaches into the slice of 4.8 to 5.8 mm: a part of the pixel.
    expect(at(beside, 18, -3)).toBeGreaterThan(45);
    expect(at(beside, 18, -3)).toBeLessThan(350);
    expect(at(dense, -18, -3)).toBe(at(plain, -18, -3));
  });
});
