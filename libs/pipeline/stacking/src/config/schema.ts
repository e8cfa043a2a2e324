import { MODEL_NAME } from '@ichor/tables';
import { z } from 'zod';
import { PREDICTION_FEATURES } from '../features/names.js';
import { sequenceSettingsSchema } from '../sequence/settings.js';

const count = z.number().int().positive();
const share = z.number().gt(0).max(1);
const rate = z.number().gt(0);

/** Learning rate of a whole epoch. */
const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), learningRate: rate }),
  /** Times `gamma` at the beginning of each of these epochs (from 0). */
  z.strictObject({
    kind: z.literal('multi-step'),
    learningRate: rate,
    milestones: z.array(count),
    gamma: share,
  }),
  /** From `learningRate` to `end` over all epochs along half a cosine. */
  z.strictObject({ kind: z.literal('cosine'), learningRate: rate, end: rate }),
]);

/** The fields that come from the package.json of the app, which states the graph of the ensemble. */
const place = {
  /** Name of the app, with that of a run after a dot, and of the folder of its outputs. */
  name: z.string().regex(MODEL_NAME),
  /** Models or stackers whose predictions go in, in the order of the columns. */
  inputs: z.array(z.string().regex(MODEL_NAME)).min(1),
};

const common = {
  /** Features of each prediction. */
  features: z.array(z.enum(PREDICTION_FEATURES)).min(1),
  /** The position in the study as a feature in addition to the predictions of each model. */
  positionOrd: z.boolean().default(false),
  seed: z.number().int().min(0),
};

const networkTraining = {
  epochs: count,
  batchSize: count,
  schedule,
  /** How missing features are filled and columns scaled; both fitted on the training folds. */
  scaling: z.enum(['none', 'standard', 'min-max']),
  /** Where the bias of the last layer starts: drawn, or the log-odds of the label frequencies of the training folds. */
  outputBias: z.enum(['random', 'frequencies']).default('random'),
};

/** One LightGBM model per label. */
export const lgbmSettingsSchema = z.strictObject({
  kind: z.literal('lgbm'),
  ...common,
  learningRate: rate,
  leaves: count,
  maxBin: count,
  featureFraction: share,
  minDataInLeaf: count,
  minSumHessianInLeaf: z.number().min(0),
  minGainToSplit: z.number().min(0),
  baggingFraction: share,
  /** 0: rows are never drawn, for any fraction. */
  baggingFrequency: z.number().int().min(0),
  rounds: count,
  earlyStoppingRounds: count,
});

/** A convolution over the models, for three neighbouring slices at once; all labels together. */
export const cnnSettingsSchema = z.strictObject({
  kind: z.enum(['cnn-1', 'cnn-2']),
  ...common,
  ...networkTraining,
  /** Weight of each label in the loss. */
  labelWeights: z.array(z.number().min(0)).length(6),
  /** Whose weights predict: those of the last epoch, or of the lowest weighted log loss on the validation fold. */
  snapshot: z.enum(['last', 'best']),
});

/** One dense network per label. */
export const mlpSettingsSchema = z.strictObject({
  kind: z.literal('mlp'),
  ...common,
  ...networkTraining,
  hidden: z.array(count).min(1),
  dropout: z.number().min(0).lt(1),
  /** Epochs without a lower validation loss after which to stop; the best weights predict. */
  patience: count,
});

/** Settings of a stacker, whatever it combines. */
export const stackerSettingsSchema = z.discriminatedUnion('kind', [
  lgbmSettingsSchema,
  cnnSettingsSchema,
  mlpSettingsSchema,
  sequenceSettingsSchema,
]);

const lgbmSchema = lgbmSettingsSchema.extend(place);
const cnnSchema = cnnSettingsSchema.extend(place);
const mlpSchema = mlpSettingsSchema.extend(place);
const sequenceSchema = sequenceSettingsSchema.extend(place);

/** A stacker: its settings, its name and its inputs. */
export const stackerSchema = z.discriminatedUnion('kind', [lgbmSchema, cnnSchema, mlpSchema, sequenceSchema]);

export type Stacker = z.infer<typeof stackerSchema>;
export type LgbmStacker = z.infer<typeof lgbmSchema>;
export type CnnStacker = z.infer<typeof cnnSchema>;
export type MlpStacker = z.infer<typeof mlpSchema>;
export type SequenceStacker = z.infer<typeof sequenceSchema>;
/** Those that read features of the predictions, slice by slice. */
export type FeatureStacker = Exclude<Stacker, SequenceStacker>;

/** What the config of an app exports as `app`. */
export interface StackerApp {
  readonly settings: z.infer<typeof stackerSettingsSchema>;
  /** Named sets of settings that replace those of the stacker, e.g. `demo`. */
  readonly configurations: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
