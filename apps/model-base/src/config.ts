import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'model-base',
  backbone: 'se_resnext50_32x4d',
  imageSize: 512,
  // For sequence-model-base; predictions and weights do not depend on it.
  features: true,
  configurations: { demo: demoSettings },
});
