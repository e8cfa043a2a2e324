import { cnn2Settings, defineStacker } from '@ichor/stacking';

export const app = defineStacker({
  ...cnn2Settings,
  configurations: {
    demo: {
      outputBias: 'frequencies',
      // Networks that learned little differ little: scaled to one deviation, their noise would count like the others' signal.
      scaling: 'none',
      epochs: 16,
      batchSize: 64,
      schedule: { kind: 'cosine', learningRate: 1e-3, end: 1e-4 },
    },
  },
});
