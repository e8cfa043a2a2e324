import { outputBiasOf } from './output-bias.js';
import type { BaseModel } from './schema.js';

/**
 * Where a setting acts: on the network itself; on its input, always or in training only; on the targets of training; on
 * the steps of training; on where training starts; on which predictions are made and how; or on names alone.
 */
export type Influence =
  'network' | 'input' | 'training input' | 'targets' | 'steps' | 'start' | 'prediction' | 'name';

/** What each setting influences. With `weights: false` the trained weights stay valid when the setting changes. */
export const influences: Readonly<
  Record<keyof BaseModel, { readonly on: readonly Influence[]; readonly weights: boolean }>
> = {
  name: { on: ['name'], weights: false },
  recipe: { on: ['name'], weights: false },
  backbone: { on: ['network'], weights: true },
  head: { on: ['network'], weights: true },
  classes: { on: ['network', 'targets'], weights: true },
  neighbours: { on: ['network', 'input'], weights: true },
  imageSize: { on: ['input'], weights: true },
  windowPolicy: { on: ['input'], weights: true },
  channelNormalization: { on: ['input'], weights: true },
  imagenetNormalization: { on: ['input'], weights: true },
  pixelFix: { on: ['input'], weights: true },
  windowJitter: { on: ['training input'], weights: true },
  eightBit: { on: ['training input'], weights: true },
  // The random passes of a prediction draw from it too.
  augmentation: { on: ['training input', 'prediction'], weights: true },
  // Its kind decides how an epoch is validated too; `trainingSettings` names that as `validation`.
  testTime: { on: ['prediction'], weights: false },
  targets: { on: ['targets'], weights: true },
  lossWeights: { on: ['targets'], weights: true },
  mixup: { on: ['training input', 'targets'], weights: true },
  sampling: { on: ['steps'], weights: true },
  slicesPerEpoch: { on: ['steps'], weights: true },
  // Which epoch is the best depends on it; the history holds the scores.
  validationSlices: { on: ['prediction'], weights: true },
  minimumBrainShare: { on: ['steps'], weights: true },
  epochs: { on: ['steps'], weights: true },
  patience: { on: ['steps'], weights: true },
  batchSize: { on: ['steps'], weights: true },
  // Batch norm measures each micro-batch by itself.
  microBatch: { on: ['steps'], weights: true },
  optimizer: { on: ['steps'], weights: true },
  schedule: { on: ['steps'], weights: true },
  maxGradientNorm: { on: ['steps'], weights: true },
  batchNormStatistics: { on: ['steps'], weights: true },
  weightAveraging: { on: ['steps'], weights: true },
  precision: { on: ['steps'], weights: true },
  // The draws of random passes follow from it too.
  seed: { on: ['training input', 'steps', 'start', 'prediction'], weights: true },
  pretrained: { on: ['start'], weights: true },
  initialization: { on: ['start'], weights: true },
  outputBias: { on: ['start'], weights: true },
  keepSnapshots: { on: ['prediction'], weights: false },
  snapshot: { on: ['prediction'], weights: false },
  features: { on: ['prediction'], weights: false },
  limit: { on: ['steps', 'prediction'], weights: true },
};

/** The settings on which the weights of a run depend, in a fixed order. */
export function trainingSettings(model: BaseModel): Readonly<Record<string, unknown>> {
  const ofWeights = Object.entries(model).filter(
    ([key]) => (influences as Readonly<Record<string, { readonly weights: boolean }>>)[key]?.weights === true,
  );
  return Object.fromEntries(
    Object.entries({
      ...Object.fromEntries(ofWeights),
      // Of test-time augmentation only its kind matters: it decides how an epoch is validated.
      validation: model.testTime.kind,
      // Included only if it differs from the former fixed value, so that runs from before the setting existed
      // can resume.
      outputBias: outputBiasOf(model) === 'random' ? undefined : outputBiasOf(model),
      batchNormStatistics: model.batchNormStatistics === 'running' ? undefined : model.batchNormStatistics,
      initialization: model.initialization === 'pytorch' ? undefined : model.initialization,
      precision: model.precision === 'float32' ? undefined : model.precision,
    })
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
