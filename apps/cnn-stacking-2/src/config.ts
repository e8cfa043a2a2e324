import { cnn2Settings, defineStacker } from '@ichor/stacking';

export const app = defineStacker({
  ...cnn2Settings,
  configurations: {
    demo: {
      outputBias: 'frequencies',
      scaling: 'none',
      // With dropout and few slices it needs more and larger steps than cnn-stacking-1.
      epochs: 40,
      batchSize: 64,
      schedule: { kind: 'cosine', learningRate: 3e-3, end: 1e-4 },
    },
  },
});
