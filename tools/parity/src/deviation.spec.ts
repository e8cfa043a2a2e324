import { describe, expect, it } from 'vitest';
import { logitDeviation, median, middleDeviation, normDeviation, sumDeviation } from './deviation.js';
import { passes, worstOf } from './measure.js';

const data = Float32Array.of(3, 4, 0, 0);

describe('deviations', () => {
  it('scale logits by the largest expected', () => {
    const actual = { shape: [2, 2], data: Float32Array.of(1, 2, -8, 4) };
    expect(
      logitDeviation(actual, [
        [1, 2],
        [-8, 5],
      ]),
    ).toBe(1 / 8);
  });

  it('scale sums by sqrt(n * squares), middles by the root mean square, norms by themselves', () => {
    // sum 7, squares 25, value 0 at index 2.
    expect(sumDeviation(data, [8, 25])).toBe(1 / 10);
    expect(middleDeviation(data, [7, 25, 5])).toBe(2);
    expect(normDeviation(data, 16)).toBe(1 / 4);
  });

  it('find the median of an even number of values', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('never pass for NaN', () => {
    const actual = { shape: [1, 2], data: Float32Array.of(NaN, 1) };
    expect(logitDeviation(actual, [[1, 1]])).toBe(Infinity);
    expect(
      passes(
        worstOf(
          'x',
          1,
          new Map([
            ['a', NaN],
            ['b', 0.5],
          ]),
        ),
      ),
    ).toBe(false);
    expect(sumDeviation(Float32Array.of(NaN), [1, 1])).toBe(Infinity);
  });
});
