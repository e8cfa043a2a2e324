import { describe, expect, it } from 'vitest';
import expected from './fixtures/expected.json' with { type: 'json' };
import {
  averagePrecision,
  brierScore,
  calibrationBins,
  expectedCalibrationError,
  logLoss,
  logLossPerLabel,
  rocAuc,
  rocAucMacro,
  rocAucMicro,
  rocCurve,
  sensitivityAtSpecificity,
  weightedLogLoss,
} from './index.js';

// scikit-learn's values (fixtures/make_expected.py). Both compute in float64, in different order: 12 digits agree.
const { targets, scores } = expected;
const [target] = targets;
const [score] = scores;
if (target === undefined || score === undefined) throw new TypeError('fixture');

function expectClose(found: ArrayLike<number>, want: readonly number[]) {
  expect(found).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(found[i], `[${i}]`).toBeCloseTo(value, 12);
}

describe('log loss', () => {
  it('is that of scikit-learn for each label, clipped', () => {
    expectClose(logLossPerLabel(targets, scores, { clip: 1e-5 }), expected.logLoss);
  });

  it('weighs the labels', () => {
    const found = weightedLogLoss(targets, scores, [2, 1, 1, 1, 1, 1], { clip: 1e-5 });
    expect(found).toBeCloseTo(expected.weightedLogLoss, 12);
  });

  it('clips at 1e-15 unless told otherwise', () => {
    expect(logLoss([1], [0])).toBeCloseTo(15 * Math.LN10, 12);
    expect(logLoss([0], [1])).toBeCloseTo(-Math.log(1 - (1 - 1e-15)), 12);
  });

  it('takes targets below 0.5 as 0', () => {
    expect(logLoss([0.3, 1], [0.2, 0.8])).toBeCloseTo(-Math.log(0.8), 12);
  });
});

describe('ranking metrics', () => {
  it('give the areas of scikit-learn, with ties', () => {
    expectClose(
      targets.map((column, i) => rocAuc(column, scores[i] ?? [])),
      expected.rocAuc,
    );
    expect(rocAucMacro(targets, scores)).toBeCloseTo(expected.macro, 12);
    expect(rocAucMicro(targets, scores)).toBeCloseTo(expected.micro, 12);
    expectClose(
      targets.map((column, i) => averagePrecision(column, scores[i] ?? [])),
      expected.averagePrecision,
    );
  });

  it('give the curve of scikit-learn', () => {
    const curve = rocCurve(target, score);
    expectClose(curve.falsePositiveRate, expected.roc.fpr);
    expectClose(curve.truePositiveRate, expected.roc.tpr);
    expectClose(curve.thresholds.subarray(1), expected.roc.thresholds);
  });

  it('find the highest sensitivity at a specificity', () => {
    const found = sensitivityAtSpecificity(target, score, 0.8);
    expect(found.sensitivity).toBeCloseTo(expected.sensitivityAt80.sensitivity, 12);
    expect(found.specificity).toBeCloseTo(expected.sensitivityAt80.specificity, 12);
    expect(found.threshold).toBe(expected.sensitivityAt80.threshold);
    // Uninformative scores: only the threshold "never positive" is specific enough.
    expect(sensitivityAtSpecificity([0, 1], [0.5, 0.5], 0.9)).toEqual({
      threshold: Infinity,
      sensitivity: 0,
      specificity: 1,
    });
  });

  it('are half for one score, NaN for one class', () => {
    expect(rocAuc([0, 1, 1], [0.5, 0.5, 0.5])).toBe(0.5);
    expect(rocAuc([1, 1], [0.1, 0.2])).toBeNaN();
    expect(averagePrecision([0, 0], [0.1, 0.2])).toBeNaN();
  });
});

describe('calibration', () => {
  it('gives the bins of scikit-learn', () => {
    const uniform = calibrationBins(target, score);
    expectClose(
      uniform.map((bin) => bin.observed),
      expected.uniform.observed,
    );
    expectClose(
      uniform.map((bin) => bin.meanPredicted),
      expected.uniform.predicted,
    );
    const quantile = calibrationBins(target, score, { bins: 5, strategy: 'quantile' });
    expectClose(
      quantile.map((bin) => bin.observed),
      expected.quantile.observed,
    );
    expectClose(
      quantile.map((bin) => bin.meanPredicted),
      expected.quantile.predicted,
    );
    expect(uniform.reduce((sum, { count }) => sum + count, 0)).toBe(target.length);
  });

  it('gives the Brier score of scikit-learn', () => {
    expectClose(
      targets.map((column, i) => brierScore(column, scores[i] ?? [])),
      expected.brier,
    );
  });

  it('is perfect when the shares are as predicted', () => {
    expect(expectedCalibrationError(calibrationBins([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]))).toBe(0);
    // Two of four slices are negative at 0.9: half of the slices have an error of 0.9.
    const bins = calibrationBins([0, 0, 0, 0], [0.9, 0.9, 0, 0]);
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.45, 12);
  });
});

describe('bad input', () => {
  it('is refused', () => {
    expect(() => rocAuc([0, 1], [0.5])).toThrow('2 targets, but 1 predictions');
    expect(() => logLoss([], [])).toThrow('no slices');
    expect(() => rocAuc([0, 1], [0.1, NaN])).toThrow('prediction 1 is NaN');
    expect(() => weightedLogLoss([[0]], [[0.5]], [1, 2])).toThrow('2 weights for 1 labels');
  });
});
