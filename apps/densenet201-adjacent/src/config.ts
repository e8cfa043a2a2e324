import { defineBaseModel, demoSettings, featureFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...featureFamily,
  name: 'densenet201-adjacent',
  backbone: 'densenet201',
  neighbours: 1,
  configurations: { demo: { ...demoSettings, slicesPerEpoch: 480 } },
});
