import type { BaseModel } from '@ichor/base-model';
import { UsageError } from '@ichor/cli';
import { foldOptions, tensorboardOption } from '@ichor/experiment';
import { z } from 'zod';
import type { CacheChoice } from '../input/cache-choice.js';

const positiveInteger = z.number().int().positive();

/** Options that training and prediction share. */
export const commonOptions = {
  ...foldOptions,
  recipe: z
    .enum(['from-scratch'])
    .optional()
    .describe(
      'Named settings that replace those of the model: from-scratch trains without pretrained weights',
    ),
  imageSize: positiveInteger.optional().describe('Side of the image in pixels'),
  epochs: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Passes over the training slices; 0: the given weights as they are'),
  patience: positiveInteger.optional().describe('Stop after so many epochs without a lower validation loss'),
  batchSize: positiveInteger.optional().describe('Slices of one step'),
  microBatch: positiveInteger.optional().describe('Slices that go through the network at once'),
  learningRate: z
    .number()
    .positive()
    .optional()
    .describe('Learning rate; with warm-up it is the peak, and start and end scale with it'),
  precision: z
    .enum(['float32', 'bf16', 'float16'])
    .optional()
    .describe('Of the products in training; on the CPU bf16 and float16 take longer'),
  seed: z.number().int().min(0).optional().describe('Seed of every random choice'),
  slicesPerEpoch: positiveInteger.optional().describe('Maximum number of slices drawn for an epoch'),
  limit: positiveInteger.optional().describe('Maximum number of slices of each set'),
  passes: positiveInteger.optional().describe('Random passes of test-time augmentation'),
  pretrained: z
    .string()
    .optional()
    .describe('imagenet, none, or a file of weights (.safetensors, .pth, .pt)'),
  outputBias: z
    .enum(['auto', 'frequencies', 'random'])
    .optional()
    .describe('Initial bias of the last layer; auto: label frequencies if there are no pretrained weights'),
  keepSnapshots: positiveInteger
    .optional()
    .describe('Keep the weights of so many epochs only, those of the lowest validation losses'),
  snapshot: z
    .string()
    .regex(/^(best|last|\d+)$/, 'best, last, or the number of an epoch')
    .optional()
    .describe('Weights for prediction: best, last, or an epoch counted from 0'),
  workers: z.number().int().min(0).default(1).describe('Threads that read and augment slices'),
  cache: z
    .enum(['off', 'memory', 'disk'])
    .default('off')
    .describe('Keep decoded slices after the first reading; the results do not depend on it'),
  cacheSize: z
    .number()
    .positive()
    .optional()
    .describe('GiB of --cache memory at most; default a quarter of the free memory'),
  prefetch: positiveInteger.default(3).describe('Batches in memory at once'),
};

/** Options of training. */
export const trainOptions = {
  ...commonOptions,
  checkpointMinutes: z.number().min(0).default(10).describe('Time between checkpoints inside an epoch'),
  tensorboard: tensorboardOption,
  fastDevRun: z
    .boolean()
    .describe(
      'One step of everything, from training to the predictions, on a few slices; nothing of it is kept',
    ),
  findLearningRate: z
    .boolean()
    .describe('Learning-rate range test: raise the rate until the loss diverges, and show the losses'),
  json: z.boolean().describe('Print a line of JSON for each fold'),
};

type Options = z.infer<z.ZodObject<typeof commonOptions>>;

/**
 * @throws UsageError when a size is given for what has none
 */
export function cacheOf({ cache, cacheSize }: Pick<Options, 'cache' | 'cacheSize'>): CacheChoice {
  if (cacheSize !== undefined && cache !== 'memory') {
    throw new UsageError(
      '--cache-size is the size of --cache memory',
      'add --cache memory, or leave the size out',
    );
  }
  return { kind: cache, bytes: cacheSize === undefined ? undefined : cacheSize * 2 ** 30 };
}

/** Options that are settings of the model under the same name. */
const plain = [
  'recipe',
  'imageSize',
  'epochs',
  'patience',
  'batchSize',
  'microBatch',
  'precision',
  'seed',
  'slicesPerEpoch',
  'limit',
  'pretrained',
  'outputBias',
  'keepSnapshots',
] as const satisfies readonly (keyof Options & keyof BaseModel)[];

/**
 * Single settings of the command line over those of the model and its named configuration.
 *
 * @param model as its recipe and named configuration make it
 */
export function settingsOf(options: Partial<Options>, model: BaseModel): Partial<BaseModel> {
  const { passes, snapshot, learningRate } = options;
  return {
    ...Object.fromEntries(
      plain.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
    ),
    ...(passes === undefined ? {} : { testTime: { kind: 'random', passes } }),
    ...(snapshot === undefined ? {} : { snapshot: snapshotOf(snapshot) }),
    ...(learningRate === undefined ? {} : { schedule: withRate(model.schedule, learningRate) }),
  };
}

function withRate(schedule: BaseModel['schedule'], rate: number): BaseModel['schedule'] {
  if (schedule.kind === 'multi-step') return { ...schedule, learningRate: rate };
  const factor = rate / schedule.peak;
  return { ...schedule, start: schedule.start * factor, peak: rate, end: schedule.end * factor };
}

function snapshotOf(text: string): BaseModel['snapshot'] {
  return text === 'best' || text === 'last' ? text : Number(text);
}
