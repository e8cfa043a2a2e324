import { LABELS } from '@ichor/tables';
import { expect, it } from 'vitest';
import { constantPredictor, mean, meanOfModels } from './ensembles.js';
import { labelScores, lossPerSlice, scorePredictions } from './scores.js';

/** `any` is right three times in four; the other labels are uninformative. */
const targets = LABELS.map((_, l) => (l === 0 ? Float64Array.of(1, 0, 1, 0) : Float64Array.of(1, 0, 0, 0)));
const probabilities = LABELS.map((_, l) =>
  l === 0 ? Float64Array.of(0.8, 0.2, 0.2, 0.2) : Float64Array.of(0.5, 0.5, 0.5, 0.5),
);
// any: (3 ln(1/0.8) + ln(1/0.2)) / 4; the others ln 2.
const any = -(3 * Math.log(0.8) + Math.log(0.2)) / 4;
// Weights 2, 1, 1, 1, 1, 1.
const weighted = (2 * any + 5 * Math.LN2) / 7;

it('scores by label and as the challenge does', () => {
  const scores = scorePredictions(targets, probabilities);
  expect(scores.logLoss[0]).toBeCloseTo(any, 12);
  expect(scores.logLoss[4]).toBeCloseTo(Math.LN2, 12);
  expect(scores.weightedLogLoss).toBeCloseTo(weighted, 12);
  // any: positives 0.8 and 0.2 against two negatives of 0.2: two pairs right, two tied, so 3 / 4. The others: all tied.
  expect(scores.auc).toEqual([0.75, 0.5, 0.5, 0.5, 0.5, 0.5]);
  expect(scores.macroAuc).toBeCloseTo((0.75 + 5 * 0.5) / 6, 12);
  expect(labelScores(targets, probabilities)[0]).toEqual({
    label: 'any',
    logLoss: scores.logLoss[0],
    auc: 0.75,
  });
});

it('has no area without both classes', () => {
  const never = LABELS.map(() => new Float64Array(4));
  expect(scorePredictions(never, probabilities)).toMatchObject({
    auc: [null, null, null, null, null, null],
    macroAuc: null,
    microAuc: null,
  });
});

it('gives losses by slice whose mean is the score, clipped', () => {
  expect(mean(lossPerSlice(targets, probabilities))).toBeCloseTo(weighted, 12);
  const certain = LABELS.map(() => Float64Array.of(0, 0, 0, 0));
  // The first slice is positive for every label: -ln(clip), whatever the weights.
  expect(lossPerSlice(targets, certain, 1e-3)[0]).toBeCloseTo(-Math.log(1e-3), 12);
});

it('averages models, and predicts the label frequencies as a constant', () => {
  const twice = meanOfModels([probabilities, LABELS.map(() => Float64Array.of(0, 0, 0, 1))]);
  expect(twice[0]).toEqual(Float64Array.of(0.4, 0.1, 0.1, 0.6));
  expect(constantPredictor(targets)[1]).toEqual(Float64Array.of(0.25, 0.25, 0.25, 0.25));
});
