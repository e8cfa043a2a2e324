import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'inception-resnet-v2',
  backbone: 'inceptionresnetv2',
  imageSize: 336,
  // The smallest image for which the feature maps keep at least one pixel.
  configurations: { demo: { ...demoSettings, imageSize: 75, epochs: 1 } },
});
