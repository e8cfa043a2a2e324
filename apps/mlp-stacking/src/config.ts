import { convolutionFeatures, defineStacker, mlpSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...mlpSettings,
  configurations: {
    // Fewer columns and units: a network for each label and fold is the slowest part of a small run.
    demo: {
      features: [...convolutionFeatures],
      hidden: [512, 256],
      outputBias: 'frequencies',
      // As in cnn-stacking-2: columns that hardly vary should not count like the others.
      scaling: 'none',
      epochs: 20,
      batchSize: 64,
    },
  },
});
