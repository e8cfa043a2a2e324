import { cnn2Settings, defineStacker } from '@ichor/stacking';

export const app = defineStacker({
  ...cnn2Settings,
  configurations: {
    demo: {
      outputBias: 'frequencies',
      scaling: 'none',
      // Dropout and few slices: it takes more steps than cnn-stacking-1, and larger ones.
      epochs: 40,
      batchSize: 64,
      schedule: { kind: 'cosine', learningRate: 3e-3, end: 1e-4 },
    },
  },
});
