import type { BundleManifest } from '@ichor/bundle';
import { describe, expect, it } from 'vitest';
import type { StudyPrediction } from '../study-predictor.js';
import { headlineOf, ranges } from './headline.js';

const labels = ['any', 'epidural', 'subdural'];
/** Nothing is calibrated; thresholds of 0.5; every label is separated. */
const manifest = {
  labels,
  studyAuc: [0.95, 0.95, 0.95],
  training: { evaluatedStudies: 80, positiveStudies: [40, 40, 40] },
  thresholds: labels.map(() => ({ threshold: 0.5 })),
  calibration: { study: [null, null, null] },
  studyScore: 'three-neighbours',
} as unknown as BundleManifest;
/** Probabilities of eight slices: subdural and `any` have the given values, epidural has 0.1. */
const study = (subdural: readonly number[], score: number) =>
  ({
    calibrated: [score, 0.1, score],
    slices: subdural.map((raw) => ({ raw: [raw, 0.1, raw] })),
  }) as unknown as StudyPrediction;

describe('headlineOf', () => {
  it('names the kinds above their threshold, and the slices that lift the score there', () => {
    // Means of three: 0, 0.2, 0.5, 0.8, 0.8, 0.5, 0.2 with the ends (0 + 0) / 2 and (0 + 0.6) / 2.
    const text = headlineOf(study([0, 0, 0.6, 0.9, 0.9, 0.6, 0, 0], 0.8), manifest);
    expect(text).toEqual({ kind: 'suspected', text: 'hemorrhage suspected: subdural, slices 3 to 6' });
  });

  it('joins the kinds that are on the same slices', () => {
    const six = ['any', 'epidural', 'subdural', 'subarachnoid', 'intraventricular', 'intraparenchymal'];
    const all = {
      ...manifest,
      labels: six,
      studyAuc: six.map(() => 0.95),
      training: { evaluatedStudies: 80, positiveStudies: six.map(() => 40) },
      thresholds: six.map(() => ({ threshold: 0.5 })),
      calibration: { study: six.map(() => null) },
    } as unknown as BundleManifest;
    // Slices 2 to 4 of the first three; means of two and three neighbours as above. Of the last, slice 1 alone reaches 0.5.
    const wide = [0, 0.6, 0.9, 0.6, 0];
    const raw = wide.map((p, slice) => [p, p, p, p, 0.1, slice === 0 ? 1 : 0]);
    const prediction = {
      calibrated: [0.9, 0.9, 0.9, 0.9, 0.1, 0.9],
      slices: raw.map((one) => ({ raw: one })),
    } as unknown as StudyPrediction;
    expect(headlineOf(prediction, all).text).toBe(
      'hemorrhage suspected: epidural, subdural and subarachnoid, slices 2 to 4; intraparenchymal, slice 1',
    );
    const two = { ...prediction, calibrated: [0.9, 0.1, 0.9, 0.9, 0.1, 0.1] };
    expect(headlineOf(two, all).text).toBe('hemorrhage suspected: subdural and subarachnoid, slices 2 to 4');
  });

  it('says that there is nothing', () => {
    expect(headlineOf(study([0.1, 0.1], 0.1), manifest)).toEqual({
      kind: 'nothing',
      text: 'nothing above the thresholds',
    });
  });

  it('makes no statement on labels that the bundle does not separate', () => {
    const chance = { ...manifest, studyAuc: [0.5, 0.5, 0.5] };
    expect(headlineOf(study([0.9, 0.9], 0.9), chance)).toEqual({
      kind: 'none',
      text: 'no statement: this bundle does not separate positive from negative studies',
    });
    const partly = { ...manifest, studyAuc: [0.95, 0.95, 0.5] };
    expect(headlineOf(study([0.9, 0.9], 0.9), partly).text).toBe(
      'hemorrhage suspected: kind not determined, slices 1 to 2; no statement on subdural',
    );
    expect(headlineOf(study([0.1, 0.1], 0.1), partly).text).toBe(
      'nothing above the thresholds of any, epidural; no statement on subdural',
    );
  });

  it('names the most probable slice where no slice decides', () => {
    const answered = { ...manifest, studyScore: 'study-answer' as const };
    expect(headlineOf(study([0.1, 0.7, 0.2], 0.9), answered).text).toBe(
      'hemorrhage suspected: subdural, most probable on slice 2',
    );
  });
});

describe('ranges', () => {
  it('joins neighbours', () => {
    expect(ranges([1, 3, 4, 5, 9])).toBe('1, 3 to 5, 9');
  });
});
