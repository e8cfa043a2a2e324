import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'xception',
  backbone: 'xception',
  imageSize: 224,
  configurations: { demo: { ...demoSettings, imageSize: 48 } },
});
