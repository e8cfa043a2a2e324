import { RandomStream } from '@ichor/files/random';
import type { BaseModel } from '@ichor/base-model';
import { isPositive, sliceCount, type SliceSet } from './slice-set.js';

/**
 * The rows of one epoch in the order of training; depends on seed and epoch alone.
 *
 * `pos==neg`: all positives and as many negatives, drawn again for each epoch. Of either at most `slicesPerEpoch`.
 */
export function epochOrder(
  set: SliceSet,
  { sampling, slicesPerEpoch, seed }: Pick<BaseModel, 'sampling' | 'slicesPerEpoch' | 'seed'>,
  epoch: number,
): Int32Array {
  const random = new RandomStream(seed, 'order', epoch);
  return sampled(set, sampling, random).subarray(0, slicesPerEpoch);
}

function sampled(set: SliceSet, sampling: BaseModel['sampling'], random: RandomStream): Int32Array {
  const rows = Int32Array.from({ length: sliceCount(set) }, (_, row) => row);
  if (sampling === 'all') return random.shuffle(rows);
  const positives = rows.filter((row) => isPositive(set, row));
  const negatives = random.shuffle(rows.filter((row) => !isPositive(set, row)));
  return random.shuffle(Int32Array.from([...positives, ...negatives.subarray(0, positives.length)]));
}

/** Whole batches of an epoch; fewer slices than one batch are one batch. */
export function stepsPerEpoch(slices: number, batchSize: number): number {
  return slices < batchSize ? 1 : Math.floor(slices / batchSize);
}

/** The rows on which an epoch is scored, in their order: all, or `validationSlices` of them, drawn once and for all. */
export function validationRows(
  set: SliceSet,
  { validationSlices, seed }: Pick<BaseModel, 'validationSlices' | 'seed'>,
): Int32Array {
  const rows = Int32Array.from({ length: sliceCount(set) }, (_, row) => row);
  if (validationSlices === undefined || rows.length <= validationSlices) return rows;
  return new RandomStream(seed, 'validation').shuffle(rows).subarray(0, validationSlices).sort();
}
