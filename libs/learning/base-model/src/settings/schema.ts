import { backboneIds } from '@ichor/backbones';
import { MODEL_NAME } from '@ichor/tables';
import { z } from 'zod';

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const count = z.number().int().positive();

const augmentation = z.strictObject({
  crop: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('resized'),
        area: z.tuple([share, share]),
        aspect: z.tuple([positive, positive]),
        tries: count.exactOptional(),
      }),
      z.strictObject({ kind: z.literal('trim'), pixels: z.number().int().min(0) }),
    ])
    .exactOptional(),
  interpolation: z.enum(['linear', 'cubic']).exactOptional(),
  flipHorizontal: share.exactOptional(),
  flipVertical: share.exactOptional(),
  flip: share.exactOptional(),
  transpose: share.exactOptional(),
  rotate: z
    .strictObject({ degrees: z.number().min(0).max(180), probability: share.exactOptional() })
    .exactOptional(),
  brightnessContrast: z
    .strictObject({ brightness: share, contrast: share, probability: share.exactOptional() })
    .exactOptional(),
});

const schedule = z.discriminatedUnion('kind', [
  /** The rate times `gamma` at each milestone (epochs, from 0). */
  z.strictObject({
    kind: z.literal('multi-step'),
    learningRate: positive,
    milestones: z.array(z.number().int().min(0)),
    gamma: positive,
  }),
  /** Per step: from `start` in a line to `peak` over the share `warmUp` of all steps, then along a cosine to `end`. */
  z.strictObject({
    kind: z.literal('warm-up-cosine'),
    start: positive,
    peak: positive,
    end: positive,
    warmUp: share,
  }),
]);

/** All settings of a base model. */
export const baseModelSchema = z.strictObject({
  /** Folder of its outputs; the name of the app. */
  name: z.string().regex(MODEL_NAME, 'lower case letters, digits and dashes; the name of a run after a dot'),
  /**
   * Named settings that replace those of the model; a named configuration and the command line win over them.
   * `from-scratch`: training without pretrained weights in few steps (`fromScratch`).
   */
  recipe: z.enum(['from-scratch']).optional(),
  backbone: z.enum(backboneIds),
  head: z.enum(['linear', 'bn-fc']).default('linear'),
  /** `without-any`: five outputs; `any` is 1 - product(1 - p). */
  classes: z.enum(['all', 'without-any']).default('all'),
  /** Slices on either side that come with a slice, three channels each. The edge of a series repeats. */
  neighbours: z.number().int().min(0).max(4).default(0),

  /** Pixels of a side. */
  imageSize: z.number().int().min(8).max(4096),
  /** 1: brain, subdural, the file's own window. 2: brain, subdural, soft tissue. 3: brain, subdural, bone. */
  windowPolicy: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
  /** Of each channel over its slice: minus its mean, or stretched to 0..1. */
  channelNormalization: z.enum(['mean', 'minmax']).default('mean'),
  /** Afterwards with the mean and standard deviation of ImageNet. */
  imagenetNormalization: z.boolean().default(false),
  /** Undo the wrapped values of files with PixelRepresentation 0 and an intercept of -100 or more. */
  pixelFix: z.boolean().default(false),
  /** In training, centre and width of the brain window move by up to so many HU, each with this probability. */
  windowJitter: z
    .strictObject({ center: z.int().min(0), width: z.int().min(0), probability: share })
    .optional(),
  /**
   * In training, slices are seen with this probability as the 8-bit picture of one window gives them back (`asEightBit`). The
   * window's bounds are drawn from these ranges, HU. For networks that will see pictures without full values.
   */
  eightBit: z
    .strictObject({
      low: z.tuple([z.number(), z.number()]),
      high: z.tuple([z.number(), z.number()]),
      probability: share,
    })
    .refine(
      ({ low, high }) => low[0] <= low[1] && high[0] <= high[1],
      'a range goes from the lower to the higher value',
    )
    .refine(({ low, high }) => low[1] < high[0], 'each lower bound must be below each upper one')
    .optional(),
  augmentation,
  /**
   * `random`: as many passes of `augmentation`, also for the validation of an epoch (one pass).
   * `flips`: the slice, its vertical and its horizontal flip; an epoch is validated on the slice alone.
   * `plain`: the slice as it is, once.
   */
  testTime: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('random'), passes: z.number().int().min(1).max(100) }),
    z.strictObject({ kind: z.literal('flips') }),
    z.strictObject({ kind: z.literal('plain') }),
  ]),

  /** The targets of training; validation and predictions always use hard targets. */
  targets: z.enum(['hard', 'custom', 'smooth']).default('hard'),
  /** `metric`: weights 2,1,1,1,1,1 of the binary cross-entropy. */
  lossWeights: z.enum(['metric', 'none']).default('metric'),
  /** With this probability a batch is mixed with its permutation, lambda ~ Beta(alpha, alpha). */
  mixup: z.strictObject({ probability: share, alpha: positive }).optional(),
  /**
   * `pos==neg`: in each epoch as many random negatives as there are positives. `kinds`: the same, but the kinds of bleeds are drawn
   * equally often, rare ones repeatedly. Both raise probabilities above the label frequencies; a bundle's calibration corrects that.
   */
  sampling: z.enum(['all', 'pos==neg', 'kinds']).default('all'),
  /** Maximum number of slices drawn for each epoch; validation and predictions use all. Default: all. */
  slicesPerEpoch: count.optional(),
  /** An epoch is scored on at most so many slices of the validation fold, the same ones each time. Default: all. */
  validationSlices: count.optional(),
  /** Training leaves out slices with a smaller share of pixels of 0..80 HU. */
  minimumBrainShare: share.default(0),

  /** 0: the network of `pretrained` predicts as it is, the same in all folds; for slices of patients it has not seen. */
  epochs: z.number().int().min(0),
  /** Training ends early, after so many epochs without a lower validation loss. Default: never. */
  patience: count.optional(),
  batchSize: z.number().int().min(1),
  /** Samples that go through the network at once; the step sees the whole batch. Default: the whole batch. */
  microBatch: count.optional(),
  optimizer: z
    .strictObject({
      kind: z.enum(['adam', 'adamw']),
      weightDecay: z.number().min(0).default(0),
      /** `weights`: those of layers alone, not biases and norms. Default: all parameters, as PyTorch with one group. */
      decayOf: z.enum(['all', 'weights']).exactOptional(),
    })
    .default({ kind: 'adam', weightDecay: 0 }),
  schedule,
  maxGradientNorm: positive.optional(),
  /**
   * Mean and variance with which batch norms predict. `running`: the exponential mean over the steps, as in PyTorch; after few
   * steps it still holds older values. `measured`: after the last epoch, the mean over eight batches of its slices
   * under the final weights (Wu and Johnson 2021, "precise" batch norm); with `patience` after each, since any epoch may be the last.
   */
  batchNormStatistics: z.enum(['running', 'measured']).default('running'),
  /**
   * Share that stays at each step of an exponential moving average of the weights, which is what is validated and predicts.
   * Default: the weights themselves.
   */
  weightAveraging: z.number().gt(0).lt(1).optional(),
  /**
   * Of the operands of convolutions and products in training, forward and backward. Parameters, norms, sums and the optimizer
   * are float32, as are validation and predictions. Default: float32. On the CPU lower ones take longer.
   */
  precision: z.enum(['float32', 'bf16', 'float16']).optional(),
  seed: z.int().min(0),
  /** `imagenet`, `none`, or a file (.safetensors, .pth, .pt). */
  pretrained: z.string().min(1).default('imagenet'),
  /**
   * Of the parameters that no file brings. `pytorch`: drawn as in PyTorch and in the original. `he-identity`: convolutions with
   * the variance that rectifiers keep (He et al. 2015), residual blocks as the identity, the last layer zero, so that a deep
   * network learns from the first steps on.
   */
  initialization: z.enum(['pytorch', 'he-identity']).default('pytorch'),
  /**
   * Bias of a last layer that no file brings: the log-odds of the label frequencies of the training slices, or drawn like
   * the rest. `auto`: frequencies without pretrained weights, else drawn, as in the original.
   */
  outputBias: z.enum(['auto', 'frequencies', 'random']).default('auto'),

  /**
   * The weights of so many epochs are kept, those of the lowest validation losses and the one that `snapshot` names. Default: of
   * all epochs.
   */
  keepSnapshots: count.optional(),
  /** Which epoch's weights predict; a number counts from 0. */
  snapshot: z.union([z.enum(['best', 'last']), z.number().int().min(0)]).default('best'),
  /** Save the vector before the last linear layer with the predictions. */
  features: z.boolean().default(false),
  /** Maximum number of slices of each set. */
  limit: count.optional(),
});

export type BaseModel = z.infer<typeof baseModelSchema>;

/** Some of the settings of a model. */
export const configurationSchema = baseModelSchema.partial();

/** Named sets of settings that replace those of the model, e.g. `demo`. */
export type Configurations = Readonly<Record<string, z.infer<typeof configurationSchema>>>;

export interface BaseModelApp {
  readonly model: BaseModel;
  readonly configurations: Configurations;
}
