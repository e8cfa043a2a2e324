import { LABEL_WEIGHTS } from '@ichor/tables';
import type { z } from 'zod';
import { PREDICTION_FEATURES, RATIOS, type PredictionFeature } from '../features/names.js';
import type { sequenceSettingsSchema } from '../sequence/settings.js';
import type { cnnSettingsSchema, lgbmSettingsSchema, mlpSettingsSchema } from './schema.js';

const without = (left: readonly PredictionFeature[]) =>
  PREDICTION_FEATURES.filter((feature) => !left.includes(feature));

/** Section 5.1 as cnn-stacking-1 takes it: per study only, windows of 3 and 5, no ratios. */
export const convolutionFeatures = [
  'prediction',
  'study-min',
  'study-max',
  'study-mean',
  'study-std',
  'minus-mean',
  'standard-score',
  'rolling-mean-3',
  'rolling-mean-5',
  'rolling-mean-3-minus-prediction',
  'rolling-mean-5-minus-prediction',
] as const satisfies readonly PredictionFeature[];

/** Section 5.3: with the position, 31 a model. */
export const rollingFeatures = [
  'prediction',
  'rolling-mean-3',
  'rolling-mean-5',
  'rolling-mean-3-minus-prediction',
  'rolling-mean-5-minus-prediction',
] as const satisfies readonly PredictionFeature[];

/** All of section 5.1 but the ratios. */
export const boundedFeatures = without(RATIOS);

/** Section 5.4, the same on both levels. */
export const lgbmSettings: z.input<typeof lgbmSettingsSchema> = {
  kind: 'lgbm',
  features: [...PREDICTION_FEATURES],
  learningRate: 0.1,
  leaves: 5,
  maxBin: 256,
  featureFraction: 0.8,
  minDataInLeaf: 10,
  minSumHessianInLeaf: 150,
  minGainToSplit: 0,
  baggingFraction: 0.9,
  baggingFrequency: 0,
  rounds: 10_000,
  earlyStoppingRounds: 120,
  seed: 0,
};

/** For few slices, on the first level: trees of one split, few rows and columns for each, small steps. */
export const lgbmDemoSettings = {
  learningRate: 0.02,
  leaves: 2,
  featureFraction: 0.1,
  baggingFraction: 0.5,
  baggingFrequency: 1,
  minSumHessianInLeaf: 1,
  rounds: 256,
  earlyStoppingRounds: 64,
} as const satisfies Partial<z.input<typeof lgbmSettingsSchema>>;

/** Section 5.2. */
export const cnn1Settings: z.input<typeof cnnSettingsSchema> = {
  kind: 'cnn-1',
  features: [...convolutionFeatures],
  scaling: 'none',
  epochs: 15,
  batchSize: 512,
  schedule: { kind: 'multi-step', learningRate: 2e-4, milestones: [1, 3, 6, 9, 12], gamma: 0.5 },
  labelWeights: [...LABEL_WEIGHTS],
  snapshot: 'last',
  seed: 777,
};

/** Section 5.3. */
export const cnn2Settings: z.input<typeof cnnSettingsSchema> = {
  kind: 'cnn-2',
  features: [...rollingFeatures],
  positionOrd: true,
  scaling: 'standard',
  epochs: 30,
  batchSize: 2048,
  schedule: { kind: 'cosine', learningRate: 1e-3, end: 1e-4 },
  labelWeights: [...LABEL_WEIGHTS],
  snapshot: 'best',
  seed: 777,
};

/** Section 5.5. */
export const mlpSettings: z.input<typeof mlpSettingsSchema> = {
  kind: 'mlp',
  features: boundedFeatures,
  scaling: 'min-max',
  hidden: [2048, 1024],
  dropout: 0.25,
  epochs: 100,
  batchSize: 512,
  schedule: { kind: 'constant', learningRate: 1e-3 },
  patience: 2,
  seed: 0,
};

/** Not in the original: a sequence model over the slices of a series, as the first four places had one. */
export const sequenceSettings: z.input<typeof sequenceSettingsSchema> = {
  kind: 'sequence',
  epochs: 30,
  labelWeights: [...LABEL_WEIGHTS],
  seed: 0,
};
