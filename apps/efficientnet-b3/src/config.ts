import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'efficientnet-b3',
  backbone: 'efficientnet-b3',
  imageSize: 512,
  // Its running statistics move by 1 % a step: too few steps leave them where they started.
  configurations: { demo: { ...demoSettings, imageSize: 40, epochs: 2 } },
});
