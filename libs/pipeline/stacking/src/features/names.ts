import type { Label } from '@ichor/tables';

/**
 * The features of one prediction column, in the order of computation (section 5.1).
 *
 * `study` is the stack of slices, `patient` all slices of the patient; std is that of a sample (n - 1), missing for a
 * single slice; rolling windows are centred on the slice, hold 3, 5, 7 or 9 slices and fewer at the ends.
 */
export const PREDICTION_FEATURES = [
  'prediction',
  'study-min',
  'study-max',
  'study-mean',
  'study-std',
  'minus-mean',
  'over-mean',
  'standard-score',
  'patient-min',
  'patient-max',
  'patient-mean',
  'patient-std',
  'rolling-mean-3',
  'rolling-mean-5',
  'rolling-mean-7',
  'rolling-mean-9',
  'rolling-min-3',
  'rolling-min-5',
  'rolling-min-7',
  'rolling-min-9',
  'rolling-max-3',
  'rolling-max-5',
  'rolling-max-7',
  'rolling-max-9',
  'rolling-std-3',
  'rolling-std-5',
  'rolling-std-7',
  'rolling-std-9',
  'rolling-mean-3-minus-prediction',
  'rolling-mean-5-minus-prediction',
  'rolling-mean-3-over-prediction',
  'rolling-mean-5-over-prediction',
] as const;

export type PredictionFeature = (typeof PREDICTION_FEATURES)[number];

/** Quotients, which have no bound. */
export const RATIOS: readonly PredictionFeature[] = [
  'over-mean',
  'rolling-mean-3-over-prediction',
  'rolling-mean-5-over-prediction',
];

/** The name of a column: what it was made of. */
export function columnName(model: string, label: Label, feature: PredictionFeature): string {
  return `${model}/${label}/${feature}`;
}

export function columnNames(
  models: readonly string[],
  labels: readonly Label[],
  features: readonly PredictionFeature[],
): string[] {
  return models.flatMap((model) =>
    labels.flatMap((label) => features.map((feature) => columnName(model, label, feature))),
  );
}
