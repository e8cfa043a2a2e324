import { describe, expect, it } from 'vitest';
import { randomValues } from './masks.js';

const key = { seed: 1, step: 2, batch: 0, value: 3 };

describe('randomValues', () => {
  it('drops with the given probability and scales the rest so that the mean stays', () => {
    const mask = randomValues(key, { kind: 'drop', rate: 0.25 }, [100, 200]);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    // Four standard errors of a share of 0.25 among 20,000: 4 * sqrt(0.25 * 0.75 / 20000).
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.0123);
  });

  it('depends on every part of the key', () => {
    const first = (changes: Partial<typeof key>) =>
      randomValues({ ...key, ...changes }, { kind: 'drop', rate: 0.5 }, [64]).join();
    const masks = [{}, { seed: 2 }, { step: 3 }, { batch: 1 }, { value: 4 }].map(first);
    expect(new Set(masks).size).toBe(masks.length);
    expect(first({})).toBe(masks[0]);
  });

  it('draws normal noise', () => {
    const noise = randomValues(key, { kind: 'normal', deviation: 2 }, [20_000]);
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + value ** 2, 0) / noise.length;
    const fourth = noise.reduce((sum, value) => sum + value ** 4, 0) / noise.length;
    // Four standard errors: 2 / sqrt(n); of the square sqrt(2) 4 / sqrt(n); of the fourth power sqrt(96) 16 / sqrt(n).
    const error = 4 / Math.sqrt(noise.length);
    expect(Math.abs(mean)).toBeLessThan(2 * error);
    expect(Math.abs(variance - 4)).toBeLessThan(Math.SQRT2 * 4 * error);
    expect(Math.abs(fourth - 3 * 16)).toBeLessThan(Math.sqrt(96) * 16 * error);
  });
});
