import { defineBaseModel, demoSettings, featureFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...featureFamily,
  name: 'densenet201-adjacent',
  backbone: 'densenet201',
  neighbours: 1,
  // Three batch norms over vectors: eight slices are too few for their statistics.
  configurations: { demo: { ...demoSettings, batchSize: 16 } },
});
