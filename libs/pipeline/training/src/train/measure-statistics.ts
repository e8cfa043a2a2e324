import { sampleSize, type BaseModel } from '@ichor/base-model';
import type { Batch, TrainingSession } from '@ichor/runtime';
import { epochOrder, stepsPerEpoch } from '../data/epoch-order.js';
import type { SliceSet } from '../data/slice-set.js';
import { loadBatches } from '../input/batches.js';
import type { SamplePool } from '../input/pool.js';
import { stepBatches } from './step-batches.js';

/** The mean of so many has a third of the noise of one. */
const BATCHES = 8;

/** What the slices of training are and how they are made. */
export interface StatisticsSource {
  readonly model: BaseModel;
  readonly set: SliceSet;
  readonly folder: string;
  readonly pool: SamplePool;
}

/**
 * Gives the batch norms the statistics of the first batches of an epoch under the present weights, slices as training sees
 * them but never mixed. Depends on seed and epoch alone.
 */
export function measureStatistics(
  session: TrainingSession,
  source: StatisticsSource,
  epoch: number,
): Promise<void> {
  return session.measureStatistics(batchesOf(source, epoch));
}

async function* batchesOf(source: StatisticsSource, epoch: number): AsyncGenerator<Batch> {
  const { set, folder, pool } = source;
  const model = { ...source.model, mixup: undefined };
  const order = epochOrder(set, model, epoch);
  const batches = loadBatches(pool, {
    set,
    folder,
    order,
    size: model.batchSize,
    first: 0,
    end: Math.min(BATCHES, stepsPerEpoch(order.length, model.batchSize)),
    variants: [{ kind: 'train', epoch }],
    sampleSize: sampleSize(model),
  });
  for await (const batch of batches) {
    if (batch.rows.length > 0) yield* stepBatches(model, set, batch, epoch);
  }
}
