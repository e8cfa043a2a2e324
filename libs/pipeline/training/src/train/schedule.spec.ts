import { describe, expect, it } from 'vitest';
import { learningRate } from './schedule.js';

describe('learningRate', () => {
  it('falls by gamma at each milestone, as MultiStepLR', () => {
    const schedule = { kind: 'multi-step', learningRate: 6e-5, milestones: [1, 2, 4], gamma: 2 / 3 } as const;
    const rates = [0, 1, 2, 3, 4].map((epoch) =>
      learningRate({ ...schedule, milestones: [1, 2, 4] }, epoch, 0, 1),
    );
    // 6e-5 (2/3)^0, ^1, ^2, ^2, ^3
    [6e-5, 4e-5, 2.6666667e-5, 2.6666667e-5, 1.7777778e-5].forEach((rate, epoch) =>
      expect(rates[epoch]).toBeCloseTo(rate, 11),
    );
  });

  it('warms up in a line and follows a cosine to the end', () => {
    const schedule = { kind: 'warm-up-cosine', start: 1e-5, peak: 1e-4, end: 1e-5, warmUp: 0.01 } as const;
    const at = (step: number): number => learningRate(schedule, 0, step, 1001);
    expect(at(0)).toBe(1e-5);
    // Ten steps of warm-up: half of the way after five.
    expect(at(5)).toBeCloseTo(5.5e-5, 12);
    expect(at(10)).toBeCloseTo(1e-4, 12);
    // Steps 10 .. 1000: the middle of the cosine is the mean of its ends.
    expect(at(505)).toBeCloseTo(5.5e-5, 12);
    expect(at(1000)).toBeCloseTo(1e-5, 12);
  });

  it('is defined for a training of a single step', () => {
    const schedule = { kind: 'warm-up-cosine', start: 1e-5, peak: 1e-4, end: 1e-5, warmUp: 0.01 } as const;
    expect(learningRate(schedule, 0, 0, 1)).toBeGreaterThan(0);
  });
});
