import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/training';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'se-resnext-410',
  backbone: 'se_resnext50_32x4d',
  imageSize: 410,
  configurations: { demo: demoSettings },
});
