import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'senet154-customlabels',
  backbone: 'senet154',
  imageSize: 320,
  imagenetNormalization: true,
  targets: 'custom',
  // 115 million parameters: the steps take longer than reading the images, so there are fewer of them.
  configurations: { demo: { ...demoSettings, epochs: 1, slicesPerEpoch: 512 } },
});
