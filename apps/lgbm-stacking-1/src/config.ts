import { defineStacker, lgbmSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...lgbmSettings,
  name: 'lgbm-stacking-1',
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
    demo: {
      // Few slices: few columns for each tree, small steps, leaves that a rare label can fill.
      features: ['prediction', 'minus-mean', 'standard-score', 'rolling-mean-5'],
      learningRate: 0.05,
      leaves: 4,
      featureFraction: 0.2,
      minSumHessianInLeaf: 1,
      rounds: 128,
      earlyStoppingRounds: 32,
    },
  },
});
