import type { BaseModel } from '@ichor/base-model';
import { z } from 'zod';

const positiveInteger = z.number().int().positive();

/** Options that training and prediction share. */
export const commonOptions = {
  app: z.string().describe('Folder of the app, e.g. apps/model-base'),
  fold: z.enum(['all', '0', '1', '2', '3', '4']).default('all').describe('Which fold'),
  config: z.string().optional().describe('A named configuration of the app, e.g. demo'),
  imageSize: positiveInteger.optional().describe('Pixels of a side'),
  epochs: positiveInteger.optional().describe('Passes over the training slices'),
  batchSize: positiveInteger.optional().describe('Slices of one step'),
  microBatch: positiveInteger.optional().describe('Slices that go through the network at once'),
  learningRate: z
    .number()
    .positive()
    .optional()
    .describe('Of the schedule; with warm-up its peak, start and end in proportion'),
  seed: z.number().int().min(0).optional().describe('Of every random choice'),
  slicesPerEpoch: positiveInteger.optional().describe('At most so many slices are drawn for an epoch'),
  limit: positiveInteger.optional().describe('At most so many slices of each set'),
  passes: positiveInteger.optional().describe('Random passes of test-time augmentation'),
  pretrained: z
    .string()
    .optional()
    .describe('imagenet, none, or a file of weights (.safetensors, .pth, .pt)'),
  outputBias: z
    .enum(['auto', 'frequencies', 'random'])
    .optional()
    .describe('Start of the last bias: label frequencies, random, or by whether there are weights'),
  snapshot: z
    .string()
    .regex(/^(best|last|\d+)$/, 'best, last, or the number of an epoch')
    .optional()
    .describe('Weights that predict: best, last, or an epoch from 0'),
  engine: z.enum(['auto', 'onnxruntime', 'tfjs']).default('auto').describe('What runs the network'),
  provider: z
    .enum(['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml', 'node-gpu', 'node', 'js'])
    .default('auto')
    .describe('Where the engine runs it'),
  threads: positiveInteger.optional().describe('Threads of the engine; default all cores'),
  workers: z.number().int().min(0).default(1).describe('Threads that read and augment slices'),
  prefetch: positiveInteger.default(3).describe('Batches in memory at once'),
  fresh: z.boolean().describe('Drop what an earlier run of the fold left and start over'),
};

export interface CommonOptions {
  readonly imageSize?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly microBatch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly seed?: number | undefined;
  readonly slicesPerEpoch?: number | undefined;
  readonly limit?: number | undefined;
  readonly passes?: number | undefined;
  readonly pretrained?: string | undefined;
  readonly outputBias?: BaseModel['outputBias'] | undefined;
  readonly snapshot?: string | undefined;
}

/** Single settings of the command line over those of the model and its named configuration. */
export function settingsOf(options: CommonOptions, model: BaseModel): Partial<BaseModel> {
  const { imageSize, epochs, batchSize, microBatch, seed, slicesPerEpoch, limit, pretrained, outputBias } =
    options;
  const settings = {
    imageSize,
    epochs,
    batchSize,
    microBatch,
    seed,
    slicesPerEpoch,
    limit,
    pretrained,
    outputBias,
  };
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...(options.passes === undefined ? {} : { testTime: { kind: 'random', passes: options.passes } }),
    ...(options.snapshot === undefined ? {} : { snapshot: snapshotOf(options.snapshot) }),
    ...(options.learningRate === undefined
      ? {}
      : { schedule: withRate(model.schedule, options.learningRate) }),
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
