import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/training';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'efficientnet-b3',
  backbone: 'efficientnet-b3',
  imageSize: 512,
  configurations: { demo: demoSettings },
});
