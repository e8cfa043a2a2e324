import { defineStacker, lgbmSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...lgbmSettings,
  configurations: {
    demo: {
      features: ['prediction', 'rolling-mean-3', 'rolling-mean-5'],
      // Few slices: trees of one split, few rows and columns for each, small steps.
      learningRate: 0.02,
      leaves: 2,
      featureFraction: 0.1,
      baggingFraction: 0.5,
      baggingFrequency: 1,
      minSumHessianInLeaf: 1,
      rounds: 256,
      earlyStoppingRounds: 64,
    },
  },
});
