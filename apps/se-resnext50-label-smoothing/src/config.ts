import { defineBaseModel, demoSettings, featureFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...featureFamily,
  name: 'se-resnext50-label-smoothing',
  backbone: 'se_resnext50_32x4d',
  targets: 'smooth',
  configurations: { demo: demoSettings },
});
