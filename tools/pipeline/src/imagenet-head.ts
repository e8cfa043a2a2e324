import { defineBaseModel, resolveModel, singleSliceFamily, type BaseModel } from '@ichor/base-model';
import { realPictures } from './real-pictures.js';

/**
 * EfficientNet-Lite0, whose weights of ImageNet a Python package holds. Channels as these weights know them: full range, then the
 * statistics of ImageNet.
 */
const imagenetHead = defineBaseModel({
  ...singleSliceFamily,
  name: 'imagenet-head',
  recipe: 'from-scratch',
  backbone: 'efficientnet-lite0',
  channelNormalization: 'minmax',
  imagenetNormalization: true,
  imageSize: 160,
  batchSize: 16,
  pixelFix: true,
  sampling: 'pos==neg',
  optimizer: { kind: 'adamw', weightDecay: 0.05 },
  validationSlices: 512,
  snapshot: 'last',
  seed: 13,
  epochs: 1,
});

/** One cycle of the learning rate. */
const cycle = (peak: number) => ({
  schedule: { kind: 'warm-up-cosine', start: 1e-4, peak, end: 1e-5, warmUp: 0.1 } as const,
});

/**
 * Synthetic heads, half of them as 8-bit pictures whose window varies; all kinds of bleeds equally often.
 *
 * @param pretrained file of the ImageNet weights
 */
export function imagenetThenPhantoms(pretrained: string): BaseModel {
  return resolveModel(imagenetHead, undefined, {
    ...cycle(1e-3),
    name: 'imagenet-phantoms',
    pretrained,
    sampling: 'kinds',
    epochs: 4,
    slicesPerEpoch: 6400,
    eightBit: { low: [-20, 0], high: [80, 100], probability: 0.5 },
    augmentation: {
      crop: { kind: 'resized', area: [0.7, 1], aspect: [0.8, 1.25] },
      flipHorizontal: 0.5,
      rotate: { degrees: 25, probability: 0.5 },
      brightnessContrast: { brightness: 0.1, contrast: 0.1, probability: 0.5 },
    },
    windowJitter: { center: 10, width: 10, probability: 0.5 },
  });
}

/**
 * The same with the first half of the network, 0.8 million parameters, at 192 pixels: for the bundle that comes with Ichor.
 *
 * @param pretrained file of the ImageNet weights
 */
export function imagenetThenPhantomsSmall(pretrained: string): BaseModel {
  return {
    ...imagenetThenPhantoms(pretrained),
    name: 'imagenet-phantoms-half',
    backbone: 'efficientnet-lite0-half',
    imageSize: 192,
  };
}

/** The same for heads with bleeds of every age, size and place. @param pretrained file of the ImageNet weights */
export function imagenetThenVariedSmall(pretrained: string): BaseModel {
  return { ...imagenetThenPhantomsSmall(pretrained), name: 'imagenet-varied-half' };
}

/** Real slices, without synthetic heads. @param pretrained file of the ImageNet weights */
export function imagenetThenReal(pretrained: string): BaseModel {
  return resolveModel(imagenetHead, undefined, {
    ...realPictures,
    ...cycle(1e-3),
    name: 'imagenet-then-real',
    pretrained,
    testTime: { kind: 'flips' },
  });
}

/** @param pretrained weights of {@link imagenetThenPhantoms} */
export function imagenetPhantomsThenReal(pretrained: string): BaseModel {
  return resolveModel(imagenetHead, undefined, {
    ...realPictures,
    ...cycle(6e-4),
    name: 'imagenet-phantoms-then-real',
    pretrained,
    imageSize: 192,
    seed: 14,
    testTime: { kind: 'flips' },
  });
}
