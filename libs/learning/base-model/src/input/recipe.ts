import type { AugmentationPolicy } from '@ichor/augment';
import {
  brainSubduralBonePlan,
  brainSubduralFilePlan,
  brainSubduralSoftTissuePlan,
  stretchedToRange,
  withImagenetStatistics,
  type WindowPlan,
} from '@ichor/windowing';
import type { BaseModel } from '../settings/schema.js';

/** Everything that turns a file into network input; plain data, so that it can be sent to a thread. */
export interface InputRecipe {
  readonly imageSize: number;
  readonly windows: WindowPlan;
  readonly pixelFix: boolean;
  readonly windowJitter: BaseModel['windowJitter'];
  readonly eightBit: BaseModel['eightBit'];
  readonly augmentation: AugmentationPolicy;
  readonly testTime: BaseModel['testTime']['kind'];
  readonly seed: number;
}

/** Which version of a slice is requested. */
export type Variant =
  | { readonly kind: 'train'; readonly epoch: number }
  /** `pass` of test-time augmentation. */
  | { readonly kind: 'evaluate'; readonly pass: number }
  /** The whole slice, as it is, resized. */
  | { readonly kind: 'plain' };

/** Channels that one slice has, with neighbours or without. */
export const channelsPerSlice = 3;

export function inputRecipe(model: BaseModel): InputRecipe {
  return {
    imageSize: model.imageSize,
    windows: windowPlan(model),
    pixelFix: model.pixelFix,
    windowJitter: model.windowJitter,
    eightBit: model.eightBit,
    augmentation: model.augmentation,
    testTime: model.testTime.kind,
    seed: model.seed,
  };
}

const windowPolicies: Readonly<Record<BaseModel['windowPolicy'], WindowPlan>> = {
  1: brainSubduralFilePlan,
  2: brainSubduralSoftTissuePlan,
  3: brainSubduralBonePlan,
};

/** The windows of the channels and what follows them, as the settings say. */
function windowPlan(model: BaseModel): WindowPlan {
  const windows = windowPolicies[model.windowPolicy];
  const plan = model.channelNormalization === 'minmax' ? stretchedToRange(windows) : windows;
  return model.imagenetNormalization ? withImagenetStatistics(plan) : plan;
}

/** The passes of test-time augmentation. */
export function testTimePasses({ testTime }: Pick<BaseModel, 'testTime'>): number {
  switch (testTime.kind) {
    case 'random':
      return testTime.passes;
    case 'flips':
      return 3;
    case 'plain':
      return 1;
  }
}

/** Values of one sample: channels x rows x columns. */
export function sampleSize({ imageSize, neighbours }: Pick<BaseModel, 'imageSize' | 'neighbours'>): number {
  return (2 * neighbours + 1) * channelsPerSlice * imageSize * imageSize;
}
