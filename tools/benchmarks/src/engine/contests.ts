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

/** The network that most apps use is held to more. */
const main = 'se_resnext50_32x4d';

export const contests: readonly Contest[] = [
  ...ids.map((id): Contest => ({ id, mode: 'train', size: 128, target: id === main ? 1 : 1.25 })),
  ...ids.map((id): Contest => ({ id, mode: 'infer', size: 128, target: id === main ? 0.65 : 0.9 })),
  { id: main, mode: 'infer', size: 512, target: 0.65 },
];
