import { defineBaseModel, resolveModel, singleSliceFamily, type BaseModel } from '@ichor/base-model';

/**
 * Half of densenet121: 1.3 million parameters, cells of 8 pixels. Fold 0 of five is held out: calibration and thresholds are
 * fitted on it.
 */
export const phantomHead = defineBaseModel({
  ...singleSliceFamily,
  name: 'phantom-head',
  recipe: 'from-scratch',
  backbone: 'densenet121-half',
  imageSize: 96,
  batchSize: 16,
  pixelFix: true,
  sampling: 'pos==neg',
  optimizer: { kind: 'adamw', weightDecay: 0.05 },
  validationSlices: 512,
  snapshot: 'last',
  seed: 13,
  epochs: 4,
  slicesPerEpoch: 5200,
});

/** More varied than in the recipe: real heads lie, fill the field and are calibrated in more ways than the synthetic ones. */
export const pictures = {
  augmentation: {
    crop: { kind: 'resized', area: [0.75, 1], aspect: [0.9, 1.1] },
    flipHorizontal: 0.5,
    rotate: { degrees: 15, probability: 0.5 },
    brightnessContrast: { brightness: 0.08, contrast: 0.08, probability: 0.3 },
  },
  windowJitter: { center: 10, width: 10, probability: 0.3 },
} satisfies Partial<BaseModel>;

/** Most steps at 96 pixels, where they are cheap. */
export const firstStage = resolveModel(phantomHead, undefined, pictures);

/**
 * At 128 pixels, for small bleeds and thinner cells.
 *
 * @param pretrained weights of the first stage
 */
export function secondStage(pretrained: string): BaseModel {
  return resolveModel(phantomHead, undefined, {
    ...pictures,
    ...refined(pretrained),
    name: 'phantom-head-128',
    epochs: 2,
    slicesPerEpoch: 6400,
  });
}

/**
 * All kinds equally often: after the second stage the rare intraparenchymal bleeds (a tenth of the positive slices) were told from
 * others far worse than the rest.
 *
 * @param pretrained weights of the second stage
 */
export function kindsStage(pretrained: string): BaseModel {
  return resolveModel(phantomHead, undefined, {
    ...pictures,
    ...refined(pretrained),
    name: 'phantom-head-kinds',
    sampling: 'kinds',
    epochs: 1,
    slicesPerEpoch: 6400,
  });
}

/**
 * Twice the steps of the stage before once more. It tells intraparenchymal bleeds better and finds epidural ones at worse places, so the bundle has
 * both.
 *
 * @param pretrained weights of {@link kindsStage}
 */
export function moreKindsStage(pretrained: string): BaseModel {
  return { ...kindsStage(pretrained), name: 'phantom-head-more-kinds', epochs: 2 };
}

/**
 * For heads with bleeds of every age, size and place: all kinds equally often, in more steps.
 *
 * @param pretrained weights of the second stage
 */
export function variedStage(pretrained: string): BaseModel {
  return { ...kindsStage(pretrained), name: 'phantom-head-varied', epochs: 3 };
}

/**
 * Two thirds of the steps of the stage before once more: real heads still gain by them.
 *
 * @param pretrained weights of {@link variedStage}
 */
export function moreVariedStage(pretrained: string): BaseModel {
  return { ...kindsStage(pretrained), name: 'phantom-head-more-varied', epochs: 2 };
}

/**
 * The same once more.
 *
 * @param pretrained weights of {@link moreVariedStage}
 */
export function mostVariedStage(pretrained: string): BaseModel {
  return { ...moreVariedStage(pretrained), name: 'phantom-head-most-varied' };
}

/** 128 pixels, from weights that have learned, with smaller steps than from scratch. */
export function refined(pretrained: string): Partial<BaseModel> {
  return {
    pretrained,
    imageSize: 128,
    schedule: { kind: 'warm-up-cosine', start: 1e-4, peak: 1e-3, end: 1e-5, warmUp: 0.1 },
  };
}
