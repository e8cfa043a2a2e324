import { describe, expect, it } from 'vitest';
import { uniformStream } from './random.js';

const draw = (count: number, ...keys: number[]) => {
  const next = uniformStream(...keys);
  return Array.from({ length: count }, () => next());
};

describe('uniformStream', () => {
  it('is uniform in [0, 1)', () => {
    const values = draw(100_000, 1, 2);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    // Four standard errors: sqrt(1/12 / n) = 9e-4 and sqrt(4/45 / n) = 9.4e-4.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4e-3);
    expect(Math.abs(square - 1 / 3)).toBeLessThan(4e-3);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  it('gives equal streams for equal keys only', () => {
    expect(draw(5, 3, 4)).toEqual(draw(5, 3, 4));
    const streams = [draw(3, 3, 4), draw(3, 4, 3), draw(3, 3), draw(3, 3, 4, 0), draw(3, 3 + 2 ** 32, 4)];
    expect(new Set(streams.map(([first]) => first)).size).toBe(streams.length);
  });
});
