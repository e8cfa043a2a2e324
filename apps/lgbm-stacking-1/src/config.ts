import { convolutionFeatures, defineStacker, lgbmSettings } from '@ichor/stacking';

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
      // Small tables: few slices, and what the fallback engine can hold.
      features: [...convolutionFeatures],
      minSumHessianInLeaf: 5,
      rounds: 400,
      earlyStoppingRounds: 40,
    },
  },
});
