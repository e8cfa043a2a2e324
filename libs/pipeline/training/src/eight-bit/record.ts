import { readJsonFile, writeJsonFile } from '@ichor/experiment';
import type { Ranges } from '@ichor/nn';
import { z } from 'zod';

const slices = z.number().int().min(1);

const side = z.strictObject({
  weightedLogLoss: z.number().min(0),
  /** null where all slices have `any`, or none. */
  aucAny: z.number().min(0).max(1).nullable(),
  /** For one slice, on the machine that compared. */
  milliseconds: z.number().positive(),
});

/** The same slices predicted by the same weights in float32 and in 8 bits. */
export const eightBitComparisonSchema = z.strictObject({
  slices,
  float32: side,
  int8: side,
  /** Of the weighted log loss, 8 bits minus float32: the mean over the slices and its standard error. */
  lossDifference: z.strictObject({ mean: z.number(), standardError: z.number().min(0) }),
  /** Of a probability. */
  largestChange: z.number().min(0).max(1),
});

export type EightBitComparison = z.infer<typeof eightBitComparisonSchema>;

const range = z
  .tuple([z.string().min(1).max(500), z.number(), z.number()])
  .refine(([, low, high]) => low <= high, { error: 'the low end is above the high end' });

const recordSchema = z.strictObject({
  format: z.literal('ichor-eight-bit'),
  version: z.literal(1),
  /** Note of the predictions that were made with the same weights from the same slices. */
  predictions: z.string(),
  /** Of which slices the ranges are, and which share of them lies inside. */
  gathered: z.strictObject({ slices, share: z.number().min(0).max(1) }),
  /** Name, low end, high end. */
  ranges: z
    .array(range)
    .min(1)
    .max(20_000)
    .refine((all) => new Set(all.map(([name]) => name)).size === all.length, {
      error: 'a value has two ranges',
    }),
  compared: eightBitComparisonSchema,
});

/** What a fold needs to compute in 8 bits, and what that costs its predictions. */
export interface EightBitRecord extends Omit<z.infer<typeof recordSchema>, 'format' | 'version' | 'ranges'> {
  readonly ranges: Ranges;
}

/** @throws IchorError `files/not-writable` */
export async function writeEightBitRecord(path: string, record: EightBitRecord): Promise<void> {
  const ranges = [...record.ranges].map(([name, { low, high }]) => [name, low, high] as const);
  await writeJsonFile(path, { format: 'ichor-eight-bit', version: 1, ...record, ranges });
}

/** @returns undefined when there is none. @throws ExperimentError `experiment/damaged` */
export async function readEightBitRecord(path: string): Promise<EightBitRecord | undefined> {
  const found = await readJsonFile(path, recordSchema, 'record of a network in 8 bits');
  if (found === undefined) return undefined;
  const { predictions, gathered, ranges, compared } = found;
  return {
    predictions,
    gathered,
    ranges: new Map(ranges.map(([name, low, high]) => [name, { low, high }])),
    compared,
  };
}
