import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'inception-v4',
  backbone: 'inceptionv4',
  imageSize: 512,
  epochs: 5,
  schedule: { kind: 'multi-step', learningRate: 6e-5, milestones: [1, 2, 3], gamma: 2 / 3 },
  configurations: { demo: { ...demoSettings, imageSize: 75, batchSize: 16 } },
});
