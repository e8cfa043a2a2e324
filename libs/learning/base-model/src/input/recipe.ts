import { imagenetStatistics, type AugmentationPolicy, type Normalization } from '@ichor/augment';
import { POLICY_1, POLICY_2, type WindowPlan } from '@ichor/windowing';
import type { BaseModel } from '../settings/schema.js';

/** Everything that turns a file into network input; plain data, so that it can be sent to a thread. */
export interface InputRecipe {
  readonly imageSize: number;
  readonly windows: WindowPlan['channels'];
  readonly normalization: Normalization;
  readonly pixelFix: boolean;
  readonly windowJitter: BaseModel['windowJitter'];
  readonly augmentation: AugmentationPolicy;
  readonly testTime: BaseModel['testTime']['kind'];
  readonly seed: number;
}

/** Which version of a slice is asked for. */
export type Variant =
  | { readonly kind: 'train'; readonly epoch: number }
  /** `pass` of test-time augmentation. */
  | { readonly kind: 'evaluate'; readonly pass: number }
  /** The whole slice, as it is, resized. */
  | { readonly kind: 'plain' };

/** Channels that one slice of a stack has. */
export const channelsPerSlice = 3;

export function inputRecipe(model: BaseModel): InputRecipe {
  const plan = model.windowPolicy === 1 ? POLICY_1 : POLICY_2;
  return {
    imageSize: model.imageSize,
    windows: plan.channels,
    normalization: {
      channel: plan.channels.map(({ scale }) =>
        model.channelNormalization === 'minmax' ? 'minmax' : scale === 'min-max' ? 'minmax-mean' : 'mean',
      ),
      ...(model.imagenetNormalization ? { standardize: imagenetStatistics } : {}),
    },
    pixelFix: model.pixelFix,
    windowJitter: model.windowJitter,
    augmentation: model.augmentation,
    testTime: model.testTime.kind,
    seed: model.seed,
  };
}

/** The passes of test-time augmentation. */
export function testTimePasses({ testTime }: Pick<BaseModel, 'testTime'>): number {
  return testTime.kind === 'random' ? testTime.passes : 3;
}

/** Values of one sample: channels x rows x columns. */
export function sampleSize({ imageSize, neighbours }: Pick<BaseModel, 'imageSize' | 'neighbours'>): number {
  return (2 * neighbours + 1) * channelsPerSlice * imageSize * imageSize;
}
