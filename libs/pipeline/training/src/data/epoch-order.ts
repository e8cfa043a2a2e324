import { RandomStream } from '@ichor/files/random';
import type { BaseModel } from '@ichor/base-model';
import { LABELS } from '@ichor/tables';
import { isPositive, sliceCount, type SliceSet } from './slice-set.js';

/**
 * The rows of one epoch in the order of training; depends on seed and epoch alone.
 *
 * `pos==neg`: all positives and as many negatives, drawn again for each epoch. `kinds`: as many draws, and as many negatives, but
 * the kinds of bleeds take turns; of a rare kind the same slices come again, of a frequent one some are left out. Of any at most
 * `slicesPerEpoch`.
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
  const drawn = sampling === 'kinds' ? kindsInTurn(set, positives, random) : positives;
  return random.shuffle(Int32Array.from([...drawn, ...negatives.subarray(0, positives.length)]));
}

/** As many rows as there are positives: one of each kind that there is, then the next of each, and so on, beginning again. */
function kindsInTurn(set: SliceSet, positives: Int32Array, random: RandomStream): Int32Array {
  const kinds = LABELS.flatMap((label, index) => {
    const rows = positives.filter((row) => set.hardTargets[row * LABELS.length + index]! > 0.5);
    return label === 'any' || rows.length === 0 ? [] : [random.shuffle(rows)];
  });
  return positives.map((row, turn) => {
    const kind = kinds[turn % kinds.length];
    return kind?.[Math.floor(turn / kinds.length) % kind.length] ?? row;
  });
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
