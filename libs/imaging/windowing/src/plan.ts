import { imagenetStatistics, type ChannelNormalization, type Normalization } from './normalization.js';
import { boneWindow, brainWindow, softTissueWindow, subduralWindow, type Window } from './window.js';

/** How one channel of the network's input is made. */
export interface ChannelPlan {
  /** A window, or the one that the file itself names. */
  readonly window: Window | 'file';
  readonly normalization: ChannelNormalization;
}

/** How a slice becomes the channels of a network. */
export interface WindowPlan extends Normalization {
  readonly channels: readonly ChannelPlan[];
}

const minusMean = (window: Window): ChannelPlan => ({ window, normalization: 'mean' });

/** Brain, subdural, and the file's own window stretched to 0..1; each minus its mean. The original's policy 1. */
export const brainSubduralFilePlan: WindowPlan = {
  channels: [
    minusMean(brainWindow),
    minusMean(subduralWindow),
    { window: 'file', normalization: 'minmax-mean' },
  ],
};

/** Brain, subdural and soft tissue; each minus its mean. The original's policy 2. */
export const brainSubduralSoftTissuePlan: WindowPlan = {
  channels: [brainWindow, subduralWindow, softTissueWindow].map(minusMean),
};

/** Brain, subdural and bone; each minus its mean. Not of the original. */
export const brainSubduralBonePlan: WindowPlan = {
  channels: [brainWindow, subduralWindow, boneWindow].map(minusMean),
};

/** The same windows, each channel stretched to 0..1 over its slice instead. */
export function stretchedToRange(plan: WindowPlan): WindowPlan {
  return { ...plan, channels: plan.channels.map((channel) => ({ ...channel, normalization: 'minmax' })) };
}

/** The same plan, followed by ImageNet's mean and standard deviation. */
export function withImagenetStatistics(plan: WindowPlan): WindowPlan {
  return { ...plan, standardize: imagenetStatistics };
}
