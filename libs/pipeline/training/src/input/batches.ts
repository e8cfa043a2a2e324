import type { Variant } from '@ichor/base-model';
import { join } from 'node:path';
import { present } from '@ichor/files';
import { imageName } from '../data/images.js';
import type { SliceSet } from '../data/slice-set.js';
import { TrainingError } from '../error.js';
import type { SamplePool } from './pool.js';

/** A slice that could not be used. */
export interface Unreadable {
  readonly id: string;
  readonly reason: string;
}

/** Network input of some slices. */
export interface LoadedBatch {
  /** Which of the batches it is, from `first`. */
  readonly index: number;
  /** Rows of the slice set that could be read; each has all its variants. */
  readonly rows: readonly number[];
  /** rows x variants x channels x size x size; valid until the next batch is requested. */
  readonly data: Float32Array;
  readonly unreadable: readonly Unreadable[];
  /** Milliseconds that the consumer waited for it. */
  readonly waited: number;
}

export interface BatchPlan {
  readonly set: SliceSet;
  /** Folder of the images. */
  readonly folder: string;
  /** Rows in order; batch k has the rows k * size .. (k + 1) * size - 1. */
  readonly order: Int32Array;
  /** Rows of one batch. */
  readonly size: number;
  /** Batches `first` .. `end - 1` are made. */
  readonly first: number;
  readonly end: number;
  readonly variants: readonly Variant[];
  /** Float32 values of one variant of one slice. */
  readonly sampleSize: number;
}

/**
 * Makes batches ahead of their use, as many as the pool has slots, in order. A slice that cannot be read is left out of
 * its batch, which is smaller then: which slices form a batch never depends on others.
 *
 * @throws TrainingError `training/unreadable` when a whole batch cannot be read: then it is not the slices that are broken
 */
export async function* loadBatches(pool: SamplePool, plan: BatchPlan): AsyncGenerator<LoadedBatch> {
  const ahead: Promise<Omit<LoadedBatch, 'waited'>>[] = [];
  let next = plan.first;
  const start = (): void => {
    const batch = loadBatch(pool, plan, next, (next - plan.first) % pool.slots.length);
    // The promise is awaited later; until then a failure must not count as unhandled.
    batch.catch(() => undefined);
    ahead.push(batch);
    next++;
  };
  try {
    while (next < plan.end && ahead.length < pool.slots.length) start();
    for (let current = ahead.shift(); current !== undefined; current = ahead.shift()) {
      const before = performance.now();
      const batch = await current;
      yield { ...batch, waited: performance.now() - before };
      // The consumer is done with the slot of this batch.
      if (next < plan.end) start();
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

/** At least one of this many slices should be readable, even in a set with many broken ones. */
const fewest = 4;

async function loadBatch(
  pool: SamplePool,
  { set, folder, order, size, variants, sampleSize }: BatchPlan,
  index: number,
  slot: number,
): Promise<Omit<LoadedBatch, 'waited'>> {
  const wanted = [...order.subarray(index * size, (index + 1) * size)];
  const step = variants.length * sampleSize;
  const memory = present(pool.slots[slot]);
  const failures = await Promise.all(
    wanted.map((row, place) =>
      pool.make(slot, place * step, {
        id: present(set.ids[row]),
        files: present(set.seenIds[row]).map((id) => join(folder, imageName(id))),
        variants,
      }),
    ),
  );
  const rows: number[] = [];
  const unreadable: Unreadable[] = [];
  wanted.forEach((row, place) => {
    const reason = failures[place];
    if (reason !== undefined) {
      unreadable.push({ id: present(set.ids[row]), reason });
      return;
    }
    if (rows.length < place) memory.copyWithin(rows.length * step, place * step, (place + 1) * step);
    rows.push(row);
  });
  if (rows.length === 0 && wanted.length >= fewest) {
    throw new TrainingError({
      code: 'training/unreadable',
      file: folder,
      reason: `none of the ${wanted.length} slices of a batch can be read, the first because: ${unreadable[0]?.reason ?? ''}`,
      remedy: 'check that the disk with the images is mounted and run the same command again',
    });
  }
  return { index, rows, unreadable, data: memory.subarray(0, rows.length * step) };
}
