import type { z } from 'zod';
import type { baseModelSchema } from './schema.js';

type Settings = Partial<z.input<typeof baseModelSchema>>;

/** What the eight models that see single slices have in common. */
export const singleSliceFamily = {
  windowPolicy: 2,
  channelNormalization: 'mean',
  augmentation: {
    crop: { kind: 'resized', area: [0.7, 1], aspect: [3 / 4, 4 / 3], tries: 15 },
    flipHorizontal: 0.5,
    rotate: { degrees: 30, probability: 0.5 },
    brightnessContrast: { brightness: 0.08, contrast: 0.08, probability: 0.5 },
  },
  testTime: { kind: 'random', passes: 5 },
  batchSize: 16,
  schedule: { kind: 'multi-step', learningRate: 6e-5, milestones: [1, 2], gamma: 2 / 3 },
  seed: 20,
  epochs: 3,
} satisfies Settings;

/** What the three models with feature vectors for stacking have in common. */
export const featureFamily = {
  head: 'bn-fc',
  imageSize: 512,
  windowPolicy: 2,
  channelNormalization: 'minmax',
  imagenetNormalization: true,
  pixelFix: true,
  windowJitter: { center: 10, width: 10, probability: 0.3 },
  augmentation: {
    crop: { kind: 'trim', pixels: 10 },
    interpolation: 'cubic',
    flip: 0.3,
    transpose: 0.3,
    brightnessContrast: { brightness: 0.08, contrast: 0.08, probability: 0.3 },
  },
  testTime: { kind: 'flips' },
  minimumBrainShare: 0.02,
  batchSize: 16,
  schedule: { kind: 'warm-up-cosine', start: 1e-5, peak: 1e-4, end: 1e-5, warmUp: 0.01 },
  maxGradientNorm: 1,
  seed: 7777,
  epochs: 3,
  features: true,
} satisfies Settings;

/**
 * Not in the original: a network that feeds a sequence model, after i-pan (2026). Three neighbouring slices in three windows each, decoupled
 * decay of weights alone, one cosine per step, a moving average of the weights, feature vectors.
 */
export const sequenceFamily = {
  windowPolicy: 3,
  channelNormalization: 'mean',
  neighbours: 1,
  augmentation: singleSliceFamily.augmentation,
  testTime: { kind: 'flips' },
  batchSize: 64,
  optimizer: { kind: 'adamw', weightDecay: 1e-2, decayOf: 'weights' },
  schedule: { kind: 'warm-up-cosine', start: 1e-6, peak: 3e-4, end: 1e-6, warmUp: 0.05 },
  weightAveraging: 0.999,
  maxGradientNorm: 1,
  seed: 20,
  epochs: 3,
  features: true,
} satisfies Settings;

/**
 * The recipe `from-scratch` with small images and few steps: it shows the whole pipeline on any machine in minutes. A step
 * costs at least the update of its parameters, however small the images are: 32 pixels (a power of two down to the last layer) leave time for
 * more of them. One cycle of the learning rate ends with the best weights, so a few slices are enough to watch it.
 */
export const demoSettings = {
  recipe: 'from-scratch',
  imageSize: 32,
  epochs: 2,
  slicesPerEpoch: 640,
  batchSize: 16,
  validationSlices: 128,
  snapshot: 'last',
} satisfies Settings;
