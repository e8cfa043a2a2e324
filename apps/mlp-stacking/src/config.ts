import { convolutionFeatures, defineStacker, mlpSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...mlpSettings,
  name: 'mlp-stacking',
  inputs: [
    'efficientnet-b3',
    'se-resnext50-label-smoothing',
    'se-resnext50-label-smoothing-without-any',
    'senet154-customlabels',
    'se-resnext101-mixup',
    'se-resnext-410',
    'model-base',
    'densenet201-adjacent',
  ],
  configurations: {
    // Fewer columns and units: a network for each label and fold is the slowest part of a small run.
    demo: {
      features: [...convolutionFeatures],
      hidden: [512, 256],
      outputBias: 'frequencies',
      // As in cnn-stacking-2: what hardly differs should not count like the rest.
      scaling: 'none',
      epochs: 20,
      batchSize: 64,
    },
  },
});
