import { describe, expect, it } from 'vitest';
import { bootstrapAuc, bootstrapDifference, type Cluster } from './bootstrap.js';

/** Thirty single cases, a third of them positive; positives score `gain` more than the same pattern of noise. */
const cases = (gain: number): Cluster[] =>
  Array.from({ length: 30 }, (_, i) => ({
    truth: [i % 3 === 0 ? 1 : 0],
    score: [Math.sin(7 * i) + (i % 3 === 0 ? gain : 0)],
  }));

describe('bootstrapDifference', () => {
  it('is 0 in every draw between a set of scores and itself', () => {
    expect(bootstrapDifference(cases(0.5), cases(0.5), 50)).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('is the difference of both areas, and above 0 throughout where one set is far better', () => {
    const [good, poor] = [cases(5), cases(0)];
    const { value, low, high } = bootstrapDifference(good, poor, 200);
    expect(bootstrapAuc(good).value).toBe(1);
    expect(value).toBeCloseTo(1 - bootstrapAuc(poor).value, 12);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
  });
});
