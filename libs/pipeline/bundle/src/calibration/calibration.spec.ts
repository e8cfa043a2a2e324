import { describe, expect, it } from 'vitest';
import { calibrate, fitPlatt, logitOf } from './platt.js';
import { thresholdAtSensitivity } from './threshold.js';

describe('fitPlatt', () => {
  it('agrees with scikit-learn', () => {
    // sklearn.calibration._SigmoidCalibration().fit(scores, labels): P = 1 / (1 + exp(a * s + b)),
    // a = -0.7058416526087902, b = 0.06432519757861298; its optimizer stops at a gradient of 1e-5.
    const scores = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 3.0];
    const labels = [0, 0, 1, 0, 0, 1, 0, 1, 1, 1];
    const { slope, offset } = fitPlatt(scores, labels);
    expect(slope).toBeCloseTo(0.7058416526087902, 4);
    expect(offset).toBeCloseTo(-0.06432519757861298, 4);
  });

  it('with a prior keeps the order of scores that contradict the truth, and forgets the prior with many cases', () => {
    expect(fitPlatt([3, 2, -2, -3], [0, 0, 1, 1], 1).slope).toBe(0.05);
    const many = Array.from({ length: 4000 }, (_, i) => (i % 40) / 4 - 5);
    const labels = many.map((score, i) =>
      ((i * 7919) % 1000) / 1000 < 1 / (1 + Math.exp(-0.5 * score)) ? 1 : 0,
    );
    // One pseudo case against 4000: under a tenth of a percent.
    expect(fitPlatt(many, labels, 1).slope).toBeCloseTo(fitPlatt(many, labels).slope, 2);
  });

  it('stays finite where the classes are separable', () => {
    const { slope, offset } = fitPlatt([-3, -2, 2, 3], [0, 0, 1, 1]);
    expect(slope).toBeGreaterThan(0);
    expect(Number.isFinite(slope) && Number.isFinite(offset)).toBe(true);
  });

  it('refuses a single class', () => {
    expect(() => fitPlatt([1, 2], [1, 1])).toThrow('2 positive and 0 negative');
  });
});

describe('calibrate', () => {
  it('is the identity for slope 1 and offset 0, and keeps the order of 0 and 1', () => {
    expect(calibrate({ slope: 1, offset: 0 }, 0.3)).toBeCloseTo(0.3, 12);
    expect(logitOf(0)).toBeCloseTo(-13.8155, 4);
    expect(calibrate({ slope: 0.5, offset: 0.1 }, 0)).toBeLessThan(calibrate({ slope: 0.5, offset: 0.1 }, 1));
  });
});

describe('thresholdAtSensitivity', () => {
  const probabilities = [0.9, 0.8, 0.4, 0.1, 0.7, 0.3, 0.2, 0.1];
  const labels = [1, 1, 1, 1, 0, 0, 0, 0];

  it('takes the highest gap between cases that finds enough, and its middle', () => {
    // Positives 0.9, 0.8, 0.4, 0.1: three of four needs 0.4; the negatives 0.3, 0.2, 0.1 lie below, 0.3 next: (0.4 + 0.3) / 2.
    expect(thresholdAtSensitivity(probabilities, labels, 0.75)).toEqual({
      threshold: expect.closeTo(0.35, 12),
      wanted: 0.75,
      sensitivity: 0.75,
      specificity: 0.75,
      positives: 4,
      negatives: 4,
    });
    // All four needs 0.1, and nothing lies below.
    expect(thresholdAtSensitivity(probabilities, labels, 0.76)).toMatchObject({
      threshold: 0.1,
      sensitivity: 1,
      specificity: 0,
    });
  });

  it('has none without positives', () => {
    expect(thresholdAtSensitivity([0.1], [0], 0.9)).toBeUndefined();
  });
});
