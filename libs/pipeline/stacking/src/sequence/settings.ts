import { z } from 'zod';

const count = z.number().int().positive();
const rate = z.number().gt(0);
const probability = z.number().min(0).lt(1);
const weight = z.number().min(0);

/** A sequence model over the slices of a series: what it reads, how it is built, how it is trained. */
export const sequenceSettingsSchema = z.strictObject({
  kind: z.literal('sequence'),
  /**
   * Inputs whose feature vectors are read in addition to their probabilities; the app of each sets
   * `features: true`.
   */
  embeddings: z.array(z.string()).default([]),

  /** Numbers of a slice after the first layer. */
  width: count.default(256),
  /** Of each direction of a recurrent layer. */
  hidden: count.default(128),
  layers: count.default(2),
  /** Numbers that the attention over slices looks at. */
  attention: count.default(64),
  /** Directions of the feature vectors that are read: those of the largest variance. More than there are: as they are. */
  components: count.default(64),

  epochs: count,
  /** Series of a step. */
  batchSize: count.default(32),
  /** Slices of a training example: a longer series is cut at a random place, a shorter one padded. */
  slices: count.default(48),
  /** Highest rate; AdamW, risen to in the first twentieth of the steps, then along half a cosine to a hundredth. */
  learningRate: rate.default(1e-3),
  weightDecay: weight.default(1e-2),
  /** The weights that predict are a running mean over the steps; the share that stays at each step. */
  averaging: probability.default(0.99),
  dropout: probability.default(0.2),
  /** Deviation of the noise on the scaled input. */
  noise: weight.default(0.05),
  /** Probability of a slice to be left out of the input. */
  dropSlices: probability.default(0.05),
  /** Probability of a training example to be read from the head to the feet. */
  reverse: z.number().min(0).max(1).default(0.5),
  /** Probability of a training example to have every second slice only. */
  thin: z.number().min(0).max(1).default(0.25),

  /** Weights of the losses of slices, of the study, and of the study without the order of its slices. */
  losses: z
    .strictObject({ slices: weight, study: weight, instances: weight })
    .default({ slices: 1, study: 0.25, instances: 0.1 }),
  /** Weight of each label in each loss. */
  labelWeights: z.array(weight).length(6),
  seed: z.number().int().min(0),
});

export type SequenceSettings = z.infer<typeof sequenceSettingsSchema>;
