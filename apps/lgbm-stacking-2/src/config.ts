import { defineStacker, lgbmSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...lgbmSettings,
  name: 'lgbm-stacking-2',
  inputs: ['cnn-stacking-1', 'cnn-stacking-2', 'lgbm-stacking-1', 'mlp-stacking'],
  configurations: {
    demo: {
      // Few slices: few rows and columns for each tree, small steps, leaves that a rare label can fill.
      features: ['prediction', 'rolling-mean-3', 'rolling-mean-5'],
      learningRate: 0.03,
      leaves: 4,
      featureFraction: 0.1,
      baggingFraction: 0.5,
      baggingFrequency: 1,
      minSumHessianInLeaf: 1,
      rounds: 256,
      earlyStoppingRounds: 64,
    },
  },
});
