import { float32, int32, int8, nullableFloat32, utf8, vector } from '../column.js';
import { defineTable } from '../schema.js';
import { labelColumns } from './label-columns.js';

/**
 * Predictions of one model and fold: one row per slice and test-time pass.
 *
 * Always six outputs: a model without `any` derives it before writing, 1 - product(1 - p).
 */
export const predictionsTable = defineTable('predictions', 1, 'One row per slice and test-time pass', {
  ID: utf8('Identifier of the slice'),
  pass: int8('Test-time augmentation pass, from 0'),
  ...labelColumns('target', (label) => nullableFloat32(`True ${label}, 0 or 1; null in the test set`)),
  ...labelColumns('output', (label) => float32(`Predicted ${label}`, 'probability')),
});

/** Feature vectors of one model and fold: one row per slice. */
export const featuresTable = defineTable('features', 1, 'One feature vector per slice', {
  ID: utf8('Identifier of the slice'),
  features: vector('Input of the last linear layer'),
});

/** Answers for whole series of one model and fold: one row per series. */
export const studyPredictionsTable = defineTable('study-predictions', 1, 'One row per series of slices', {
  firstID: utf8('Identifier of the first slice, from the feet'),
  slices: int32('Slices of the series'),
  ...labelColumns('target', (label) =>
    nullableFloat32(`Whether a slice has ${label}, 0 or 1; null in the test set`),
  ),
  ...labelColumns('output', (label) => float32(`Predicted ${label} of the series`, 'probability')),
});
