import { defineStacker, lgbmSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...lgbmSettings,
  configurations: {
    demo: {
      // Few slices. The networks of two folds stand at different levels, and what is relative to the study is the same for both.
      features: ['minus-mean', 'standard-score'],
      // Trees of one split, few rows and columns for each, small steps.
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
