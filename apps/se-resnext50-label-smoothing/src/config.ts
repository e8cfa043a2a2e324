import { defineBaseModel, demoSettings, featureFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...featureFamily,
  name: 'se-resnext50-label-smoothing',
  backbone: 'se_resnext50_32x4d',
  targets: 'smooth',
  // Three batch norms over vectors: eight slices are too few for their statistics.
  configurations: { demo: { ...demoSettings, batchSize: 16 } },
});
