import type { Contest } from './duel.js';

const ids = [
  'se_resnext50_32x4d',
  'se_resnext101_32x4d',
  'senet154',
  'densenet201',
  'efficientnet-b3',
  'inceptionv4',
  'inceptionresnetv2',
  'xception',
];
const sizes = [128, 224];

/** Targets: a training step takes no longer than the peer's, inference at most 0.8 of it. */
export const contests: readonly Contest[] = [
  ...sizes.flatMap((size) => ids.map((id): Contest => ({ id, mode: 'train', size, target: 1 }))),
  ...sizes.flatMap((size) => ids.map((id): Contest => ({ id, mode: 'infer', size, target: 0.8 }))),
];
