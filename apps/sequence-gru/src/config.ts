import { defineStacker, sequenceSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...sequenceSettings,
  embeddings: ['efficientnet-b0-nine'],
  configurations: {
    demo: { width: 64, hidden: 32, attention: 16, epochs: 60, batchSize: 16, slices: 24, learningRate: 3e-3 },
  },
});
