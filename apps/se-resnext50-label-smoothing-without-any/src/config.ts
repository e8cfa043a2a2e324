import { defineBaseModel, demoSettings, featureFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...featureFamily,
  name: 'se-resnext50-label-smoothing-without-any',
  backbone: 'se_resnext50_32x4d',
  classes: 'without-any',
  lossWeights: 'none',
  targets: 'smooth',
  configurations: { demo: demoSettings },
});
