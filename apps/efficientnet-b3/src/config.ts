import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'efficientnet-b3',
  backbone: 'efficientnet-b3',
  imageSize: 512,
  // Its steps are fast, and dropout needs more of them.
  configurations: { demo: { ...demoSettings, imageSize: 40, epochs: 3, slicesPerEpoch: 800 } },
});
