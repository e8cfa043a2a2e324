import type { BaseModel } from '@ichor/base-model';
import { pictures } from './phantom-head.js';

/** Real slices are cropped and rotated more than synthetic ones: there are few of them, and each is seen twenty times. */
export const realPictures = {
  ...pictures,
  augmentation: {
    crop: { kind: 'resized', area: [0.7, 1], aspect: [0.75, 1.333] },
    flipHorizontal: 0.5,
    rotate: { degrees: 30, probability: 0.5 },
    brightnessContrast: { brightness: 0.08, contrast: 0.08, probability: 0.5 },
  },
  epochs: 20,
  validationSlices: 64,
} satisfies Partial<BaseModel>;

/**
 * For long trainings on few slices: most batches are mixed (mixup), crops are smaller. On rsna/test it is worth more than anything else that a
 * network without synthetic heads was given (docs/benchmarks/real.md).
 */
export const mixedPictures = {
  ...realPictures,
  augmentation: {
    crop: { kind: 'resized', area: [0.6, 1], aspect: [0.75, 1.333] },
    flipHorizontal: 0.5,
    rotate: { degrees: 30, probability: 0.6 },
    brightnessContrast: { brightness: 0.1, contrast: 0.1, probability: 0.5 },
  },
  mixup: { probability: 0.8, alpha: 0.4 },
  testTime: { kind: 'flips' },
} satisfies Partial<BaseModel>;
