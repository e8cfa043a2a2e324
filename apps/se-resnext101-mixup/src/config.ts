import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';

export const app = defineBaseModel({
  ...singleSliceFamily,
  name: 'se-resnext101-mixup',
  backbone: 'se_resnext101_32x4d',
  imageSize: 410,
  imagenetNormalization: true,
  pixelFix: true,
  mixup: { probability: 0.4, alpha: 0.3 },
  schedule: { kind: 'multi-step', learningRate: 6e-5, milestones: [1, 2, 4], gamma: 2 / 3 },
  configurations: { demo: { ...demoSettings, slicesPerEpoch: 480 } },
});
