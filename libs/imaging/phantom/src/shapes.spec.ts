import { describe, expect, it } from 'vitest';
import { cone, createCone, ellipsoid, join, meet, step } from './shapes.js';
import { imageNoiseTile, TILE, TILE_STEPS, waves } from './spectral-noise.js';

describe('distances', () => {
  it('are exact for a ball', () => {
    expect(ellipsoid(0, 7, 0, 5, 5, 5)).toBeCloseTo(2, 9);
    expect(ellipsoid(3, 0, 0, 5, 5, 5)).toBeCloseTo(-2, 9);
  });

  it('vanish on the surface of an ellipsoid', () => {
    expect(ellipsoid(2, 0, 0, 2, 3, 4)).toBeCloseTo(0, 9);
    expect(ellipsoid(0, 0, -4, 2, 3, 4)).toBeCloseTo(0, 9);
  });

  it('follow a cone: radius 1 at the start, 3 at the end, 2 half way', () => {
    const c = createCone([0, 0, 0, 1], [10, 0, 0, 3]);
    expect(cone(-4, 0, 0, c)).toBeCloseTo(3, 9);
    expect(cone(5, 6, 0, c)).toBeCloseTo(4, 9);
    expect(cone(14, 0, 0, c)).toBeCloseTo(1, 9);
  });

  it('join and meet like minimum and maximum away from the seam', () => {
    expect(join(1, 9, 3)).toBe(1);
    expect(meet(1, 9, 3)).toBe(9);
    expect(join(2, 2, 4)).toBeCloseTo(1, 9);
  });

  it('step from 0 to 1 in either direction', () => {
    expect([step(0, 2, -1), step(0, 2, 1), step(0, 2, 3)]).toEqual([0, 0.5, 1]);
    expect([step(2, 0, 3), step(2, 0, 1), step(2, 0, -1)]).toEqual([0, 0.5, 1]);
  });
});

describe('noise', () => {
  it('of the image has variance 1 and correlates with its neighbour as in a real study (0.67 there)', () => {
    const tile = imageNoiseTile();
    let square = 0;
    let product = 0;
    for (let i = 0; i < tile.length; i++) {
      const next = i % TILE === TILE - 1 ? i - TILE + 1 : i + 1;
      square += tile[i]! * tile[i]!;
      product += tile[i]! * tile[next]!;
    }
    // Rounding to 1/25 adds a variance of 1/12 of a step, squared.
    expect(square / tile.length / TILE_STEPS ** 2).toBeCloseTo(1, 3);
    expect(product / square).toBeGreaterThan(0.5);
    expect(product / square).toBeLessThan(0.8);
  });

  it('in space is smooth, and periodic with 64', () => {
    expect(waves(3.2, -70.5, 9.9)).toBeCloseTo(waves(67.2, 57.5, -54.1), 5);
    for (let i = 0; i < 50; i++) {
      expect(Math.abs(waves(i * 0.7 + 0.01, i, 2) - waves(i * 0.7, i, 2))).toBeLessThan(0.05);
    }
  });
});
