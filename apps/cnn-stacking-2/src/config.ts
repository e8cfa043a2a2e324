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
    demo: {
      outputBias: 'frequencies',
      // Networks that learned little differ little: scaled to one deviation, their noise would count like the others' signal.
      scaling: 'none',
      epochs: 16,
      batchSize: 64,
      schedule: { kind: 'cosine', learningRate: 1e-3, end: 1e-4 },
    },
  },
});
