import { convolutionFeatures, defineStacker, lgbmSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...lgbmSettings,
  name: 'lgbm-stacking-2',
  inputs: ['cnn-stacking-1', 'cnn-stacking-2', 'lgbm-stacking-1', 'mlp-stacking'],
  configurations: {
    demo: {
      // Small tables: few slices, and what the fallback engine can hold.
      features: [...convolutionFeatures],
      minSumHessianInLeaf: 5,
      rounds: 400,
      earlyStoppingRounds: 40,
    },
  },
});
