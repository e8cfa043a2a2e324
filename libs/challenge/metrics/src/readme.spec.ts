import { expect, it } from 'vitest';
import { logLoss, rocAuc, sensitivityAtSpecificity } from './index.js';

it('does what the README shows first', () => {
  const bleeding = [0, 0, 1, 1, 0];
  const predicted = [0.1, 0.4, 0.35, 0.8, 0.2];
  expect(rocAuc(bleeding, predicted)).toBeCloseTo(5 / 6, 12);
  expect(logLoss(bleeding, predicted)).toBeCloseTo(0.4225, 4);
  expect(sensitivityAtSpecificity(bleeding, predicted, 0.95)).toEqual({
    threshold: 0.8,
    sensitivity: 0.5,
    specificity: 1,
  });
});
