import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'se-resnext-410',
  backbone: 'se_resnext50_32x4d',
  imageSize: 410,
  // The size differs from that of model-base here too; otherwise both would be the same model.
  configurations: { demo: { ...demoSettings, imageSize: 40 } },
});
