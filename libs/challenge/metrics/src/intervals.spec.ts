import { describe, expect, it } from 'vitest';
import { proportionInterval, rocAuc, rocAucInterval } from './index.js';

describe('proportionInterval', () => {
  // scipy.stats.binomtest(successes, trials).proportion_ci(0.95, 'exact'), scipy 1.15; its root finder stops at 1e-12.
  it.each([
    [9, 10, 0.5549838829718047, 0.9974714214555375],
    [10, 10, 0.6915028921812371, 1],
    [0, 7, 0, 0.4096163972250487],
    [33, 120, 0.1974551278260819, 0.363984073599464],
    [1999, 2000, 0.9972173601653276, 0.9999873411761293],
  ])('of %i in %i is that of scipy', (successes, trials, low, high) => {
    const found = proportionInterval(successes, trials);
    expect(found.low).toBeCloseTo(low, 10);
    expect(found.high).toBeCloseTo(high, 10);
  });

  it('is 0 to 1 without trials', () => {
    expect(proportionInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('rocAucInterval', () => {
  /** Hanley and McNeil's variance in their own form, with Newcombe's size for both groups. */
  function standardError(area: number, positives: number, negatives: number): number {
    const size = (positives + negatives) / 2;
    const q1 = area / (2 - area);
    const q2 = (2 * area ** 2) / (1 + area);
    const sum = area * (1 - area) + (size - 1) * (q1 - area ** 2) + (size - 1) * (q2 - area ** 2);
    return Math.sqrt(sum / (positives * negatives));
  }

  it.each([
    [0.9, 12, 30],
    [1, 5, 8],
    [0.5, 40, 10],
    [0.02, 9, 9],
  ])('of %f on %i and %i cases ends where the estimate is 1.96 errors away', (auc, positives, negatives) => {
    const { low, high } = rocAucInterval(auc, positives, negatives);
    expect((auc - low) / standardError(low, positives, negatives)).toBeCloseTo(1.959964, 5);
    if (auc < 1) expect((high - auc) / standardError(high, positives, negatives)).toBeCloseTo(1.959964, 5);
    else expect(high).toBe(1);
  });

  it('contains the true area in about 95 of 100 small samples', () => {
    // Normal scores 1.5 standard deviations apart: the area is normcdf(1.5 / sqrt 2).
    const area = 0.8555778168267576;
    const normal = normalNumbers(1);
    let held = 0;
    const draws = 2000;
    for (let i = 0; i < draws; i++) {
      const targets = Array.from({ length: 32 }, (_, j) => (j < 12 ? 1 : 0));
      const auc = rocAuc(
        targets,
        targets.map((target) => 1.5 * target + normal()),
      );
      const { low, high } = rocAucInterval(auc, 12, 20);
      if (low <= area && area <= high) held++;
    }
    // 95 % with a standard error of 0.5 %; the method is conservative for normal scores.
    expect(held / draws).toBeGreaterThan(0.935);
    expect(held / draws).toBeLessThan(0.985);
  });

  it('is 0 to 1 for a single class', () => {
    expect(rocAucInterval(NaN, 0, 9)).toEqual({ low: 0, high: 1 });
  });
});

/** Standard normal numbers (Box and Muller) from a linear congruential generator. */
function normalNumbers(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
