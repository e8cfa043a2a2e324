import { cnn2Settings, defineStacker } from '@ichor/stacking';

export const app = defineStacker({
  ...cnn2Settings,
  name: 'cnn-stacking-2',
  inputs: [
    'densenet201-adjacent',
    'se-resnext101-mixup',
    'senet154-customlabels',
    'model-base',
    'inception-resnet-v2',
    'inception-v4',
    'xception',
  ],
  configurations: {
    demo: { epochs: 40, batchSize: 16, schedule: { kind: 'cosine', learningRate: 3e-3, end: 1e-4 } },
  },
});
