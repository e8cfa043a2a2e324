import { cnn1Settings, defineStacker } from '@ichor/stacking';

export const app = defineStacker({
  ...cnn1Settings,
  name: 'cnn-stacking-1',
  inputs: [
    'model-base',
    'se-resnext-410',
    'se-resnext101-mixup',
    'senet154-customlabels',
    'efficientnet-b3',
    'inception-resnet-v2',
    'inception-v4',
    'xception',
  ],
  configurations: {
    demo: {
      outputBias: 'frequencies',
      epochs: 8,
      batchSize: 64,
      schedule: { kind: 'multi-step', learningRate: 1e-3, milestones: [4, 6], gamma: 0.5 },
    },
  },
});
