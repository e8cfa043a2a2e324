import { BRAIN, SOFT_TISSUE, SUBDURAL, type Window } from './window.js';

/** How one channel of the network's input is made. */
export interface ChannelPlan {
  /** A window, or the one that the file itself names. */
  readonly window: Window | 'file';
  /**
   * `width`: (clamped HU - lower bound) / width. `min-max`: smallest value to 0, largest to 1; a channel of
   * one value becomes 0.
   */
  readonly scale: 'width' | 'min-max';
}

/** How Hounsfield units become the channels of a network. */
export interface WindowPlan {
  readonly channels: readonly ChannelPlan[];
  /** Subtract from each channel its own mean over the slice. */
  readonly subtractMean: boolean;
  /** Afterwards (x - mean) / std, one number a channel. */
  readonly normalize?: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** Mean and standard deviation of the RGB channels of ImageNet in 0..1, as torchvision publishes them. */
export const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

const scaledByWidth = (window: Window): ChannelPlan => ({ window, scale: 'width' });

/** Brain, subdural, and the file's own window scaled by its smallest and largest value; each minus its mean. */
export const POLICY_1: WindowPlan = {
  channels: [scaledByWidth(BRAIN), scaledByWidth(SUBDURAL), { window: 'file', scale: 'min-max' }],
  subtractMean: true,
};

/** Brain, subdural and soft tissue; each minus its mean. */
export const POLICY_2: WindowPlan = {
  channels: [BRAIN, SUBDURAL, SOFT_TISSUE].map(scaledByWidth),
  subtractMean: true,
};

/** Brain, subdural and soft tissue, each from 0 to 1, then as ImageNet's channels. */
export const MIN_MAX_IMAGENET: WindowPlan = {
  channels: [BRAIN, SUBDURAL, SOFT_TISSUE].map((window) => ({ window, scale: 'min-max' })),
  subtractMean: false,
  normalize: IMAGENET,
};

/** The same plan, followed by ImageNet's mean and standard deviation. */
export function withImageNet(plan: WindowPlan): WindowPlan {
  return { ...plan, normalize: IMAGENET };
}
