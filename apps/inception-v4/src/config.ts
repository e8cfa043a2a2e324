import { defineBaseModel, demoSettings, fromScratch, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'inception-v4',
  backbone: 'inceptionv4',
  imageSize: 512,
  epochs: 5,
  schedule: { kind: 'multi-step', learningRate: 6e-5, milestones: [1, 2, 3], gamma: 2 / 3 },
  // The smallest image for which the feature maps keep at least one pixel. Without skips it needs smaller steps and more of them.
  configurations: {
    demo: {
      ...demoSettings,
      imageSize: 75,
      slicesPerEpoch: 480,
      schedule: { ...fromScratch.schedule, peak: 1e-3 },
    },
  },
});
