import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'se-resnext-410',
  backbone: 'se_resnext50_32x4d',
  imageSize: 410,
  // Another size than model-base there too, or both would be one model.
  configurations: { demo: { ...demoSettings, imageSize: 40 } },
});
