import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/training';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'senet154-customlabels',
  backbone: 'senet154',
  imageSize: 320,
  imagenetNormalization: true,
  targets: 'custom',
  configurations: { demo: demoSettings },
});
