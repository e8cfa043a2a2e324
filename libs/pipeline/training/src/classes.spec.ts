import { classTargets, labelProbabilities, trainingLoss } from '@ichor/base-model';
import { tinyModel } from '@ichor/base-model/testing';
import { describe, expect, it } from 'vitest';
import { lossSum } from './train/evaluate.js';

describe('a model without any', () => {
  const model = tinyModel({ classes: 'without-any', lossWeights: 'none' });

  it('derives it from the five', () => {
    // sigmoid(0) = 1/2, sigmoid(ln 3) = 3/4: 1 - 1/2 x 1/4 x 1/2 x 1/2 x 1/2
    const probabilities = labelProbabilities(model, Float32Array.of(0, Math.log(3), 0, 0, 0));
    const expected = [1 - 1 / 64, 0.5, 0.75, 0.5, 0.5, 0.5];
    expected.forEach((value, label) => expect(probabilities[label]).toBeCloseTo(value, 6));
  });

  it('is trained on the other five', () => {
    const targets = Float32Array.of(1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    expect([...classTargets(model, targets, [1, 0])]).toEqual([0, 0, 0, 0, 1, 0, 1, 0, 0, 0]);
    expect(trainingLoss(model)).toEqual({ kind: 'bce' });
  });
});

describe('the loss', () => {
  it('weighs any twice', () => {
    const model = tinyModel();
    expect(trainingLoss(model)).toEqual({ kind: 'bce', classWeights: [2, 1, 1, 1, 1, 1] });
    // All logits 0: every element is ln 2; the mean of the weights is 7/6.
    const sum = lossSum(
      model,
      [2, 1, 1, 1, 1, 1],
      new Float32Array(12),
      Float32Array.of(1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    );
    expect(sum).toBeCloseTo((2 * Math.LN2 * 7) / 6, 12);
  });
});
