import { defineStacker, sequenceSettings } from '@ichor/stacking';

export const app = defineStacker({
  ...sequenceSettings,
  embeddings: ['efficientnet-b0-nine'],
  configurations: {
    demo: { epochs: 40, batchSize: 16, slices: 24, learningRate: 3e-3 },
  },
});
