import { cnn1Settings, defineStacker } from '@ichor/stacking';

export const app = defineStacker({
  ...cnn1Settings,
  configurations: {
    demo: {
      outputBias: 'frequencies',
      epochs: 8,
      batchSize: 64,
      schedule: { kind: 'multi-step', learningRate: 1e-3, milestones: [4, 6], gamma: 0.5 },
    },
  },
});
