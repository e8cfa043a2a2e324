import { describe, expect, it } from 'vitest';
import { dropoutMask } from './masks.js';

const key = { seed: 1, step: 2, batch: 0, value: 3 };

describe('dropoutMask', () => {
  it('drops with the given probability and scales the rest so that the mean stays', () => {
    const mask = dropoutMask(key, 0.25, [100, 200]);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    // Four standard errors of a share of 0.25 among 20,000: 4 * sqrt(0.25 * 0.75 / 20000).
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.0123);
  });

  it('depends on every part of the key', () => {
    const first = (changes: Partial<typeof key>) => dropoutMask({ ...key, ...changes }, 0.5, [64]).join();
    const masks = [{}, { seed: 2 }, { step: 3 }, { batch: 1 }, { value: 4 }].map(first);
    expect(new Set(masks).size).toBe(masks.length);
    expect(first({})).toBe(masks[0]);
  });
});
