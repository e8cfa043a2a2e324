import { describe, expect, it } from 'vitest';
import { fnv1a, mix32, RandomStream, sfc32 } from './random.js';

describe('RandomStream', () => {
  it('is uniform: every bin of a chi-square test within chance', () => {
    const random = new RandomStream('uniform', 1);
    const bins = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) bins[Math.floor(random.next() * 64)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 63 degrees of freedom: 99.99 % lie between 29 and 113.
    expect(chiSquare).toBeGreaterThan(29);
    expect(chiSquare).toBeLessThan(113);
  });

  it('gives neighbouring keys unrelated first numbers', () => {
    const first = Array.from({ length: 4000 }, (_, i) => new RandomStream(20, 0, i).next());
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    const product =
      first.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * (first[i]! - 0.5), 0) / first.length;
    // Standard deviations: 0.0046 of the mean, 0.0013 of the lag-one product.
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(product)).toBeLessThan(0.006);
  });

  it('shuffles into a permutation', () => {
    const shuffled = new RandomStream('shuffle').shuffle(Int32Array.from({ length: 100 }, (_, i) => i));
    expect([...shuffled]).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('draws normal numbers of mean 0 and variance 1', () => {
    const random = new RandomStream('normal');
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Standard deviations: 0.007 and 0.01.
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });
});

describe('fnv1a', () => {
  it('gives the published test vectors', () => {
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('foobar')).toBe(0xbf9cf968);
    // The check value of the parity fixtures, computed by their Python.
    expect(fnv1a('layer0.conv1.weight')).toBe(2424935481);
  });
});

describe('mix32', () => {
  it('is the finalizer of MurmurHash3', () => {
    // fmix32 of Appleby's reference: 0 stays 0, 1 becomes 0x514e28b7.
    expect(mix32(0)).toBe(0);
    expect(mix32(1)).toBe(0x514e28b7);
  });
});

describe('sfc32', () => {
  it('follows the definition by hand', () => {
    // a = 1, b = 2, c = 3, counter = 1: 1 + 2 + 1 = 4; then a = 2 ^ 0, b = 3 + 24, c = rotl(3, 21) + 4, counter = 2.
    const word = sfc32([1, 2, 3], 0);
    expect(word()).toBe(4);
    expect(word()).toBe(2 + 27 + 2);
    // a = 27 ^ 0 = 27, b = c + 8c with c = 3 * 2^21 + 4, counter = 3.
    expect(word()).toBe(27 + 9 * (3 * 2 ** 21 + 4) + 3);
  });
});
