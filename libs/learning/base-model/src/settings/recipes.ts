import type { z } from 'zod';
import type { baseModelSchema, BaseModel } from './schema.js';

type Settings = Partial<z.input<typeof baseModelSchema>>;

/**
 * Training without pretrained weights: networks start as shallow ones and take large steps. The original's rates
 * (6e-5, 1e-4) fine-tune weights of ImageNet; from random ones they need thousands of steps to leave the label frequencies.
 * One cycle of the learning rate, flips alone: with few steps each slice is seen once or twice, and crops and rotations only
 * make it harder to learn from. The settings that define a model (network, windows, targets, loss, mixup, neighbours) stay.
 */
export const fromScratch = {
  pretrained: 'none',
  initialization: 'he-identity',
  schedule: { kind: 'warm-up-cosine', start: 2e-4, peak: 2e-3, end: 2e-5, warmUp: 0.15 },
  batchNormStatistics: 'measured',
  augmentation: { flipHorizontal: 0.5 },
  windowJitter: undefined,
  testTime: { kind: 'plain' },
} satisfies Settings;

/** The settings of a recipe. */
export const recipes: Readonly<Record<NonNullable<BaseModel['recipe']>, Settings>> = {
  'from-scratch': fromScratch,
};
