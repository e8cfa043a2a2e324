import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'inception-resnet-v2',
  backbone: 'inceptionresnetv2',
  imageSize: 336,
  // The smallest image that its stem leaves a pixel of.
  configurations: { demo: { ...demoSettings, imageSize: 75, epochs: 1 } },
});
