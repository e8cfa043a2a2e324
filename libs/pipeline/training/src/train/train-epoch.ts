import { type BaseModel, sampleSize } from '@ichor/base-model';
import type { TrainingSession } from '@ichor/runtime';
import { epochOrder, stepsPerEpoch } from '../data/epoch-order.js';
import type { SliceSet } from '../data/slice-set.js';
import { TrainingError } from '../error.js';
import { loadBatches, type LoadedBatch } from '../input/batches.js';
import type { SamplePool } from '../input/pool.js';
import type { Position } from './checkpoint.js';
import type { StepRecord, TrainingEvents } from './events.js';
import { learningRate } from './schedule.js';
import { stepBatches } from './step-batches.js';

export interface EpochContext {
  readonly model: BaseModel;
  readonly set: SliceSet;
  readonly folder: string;
  readonly pool: SamplePool;
  readonly session: TrainingSession;
  readonly events: TrainingEvents;
  readonly signal?: AbortSignal | undefined;
  /** Called after each step; saves when it is time. */
  readonly afterStep: (position: Position) => Promise<void>;
}

export interface EpochProgress {
  readonly position: Position;
  readonly steps: number;
  /** False when the signal stopped it. */
  readonly complete: boolean;
  /** Milliseconds of this run: waiting for data, and in all. */
  readonly waited: number;
  readonly took: number;
}

/**
 * Trains from a position to the end of its epoch. Every random choice follows from the seed, the epoch and the place in
 * it, so that going on from a position equals never having stopped.
 *
 * @throws TrainingError `training/not-finite` naming the slices of the batch
 */
export async function trainEpoch(context: EpochContext, start: Position): Promise<EpochProgress> {
  const { model, set, events } = context;
  const { epoch } = start;
  const order = epochOrder(set, model, epoch);
  const steps = stepsPerEpoch(order.length, model.batchSize);
  let position = start;
  let waited = 0;
  const began = performance.now();
  const progress = (complete: boolean): EpochProgress => ({
    position,
    steps,
    complete,
    waited,
    took: performance.now() - began,
  });
  events.phase?.(
    'train',
    epoch,
    Math.min(order.length, steps * model.batchSize),
    start.step * model.batchSize,
  );
  const batches = loadBatches(context.pool, {
    set,
    folder: context.folder,
    order,
    size: model.batchSize,
    first: start.step,
    end: steps,
    variants: [{ kind: 'train', epoch }],
    sampleSize: sampleSize(model),
  });
  for await (const batch of batches) {
    waited += batch.waited;
    for (const slice of batch.unreadable) events.unreadable?.(slice);
    const samples = batch.rows.length;
    let loss = 0;
    if (samples > 0) {
      const record = await trainStep(context, batch, { epoch, steps });
      loss = record.loss;
      await events.step?.(record);
    }
    position = {
      epoch,
      step: batch.index + 1,
      lossSum: position.lossSum + loss * samples,
      samples: position.samples + samples,
      unreadable: [...position.unreadable, ...batch.unreadable.map(({ id }) => id)],
    };
    await context.afterStep(position);
    if (context.signal?.aborted === true && position.step < steps) return progress(false);
  }
  return progress(true);
}

/** One step of the optimizer on a batch. @throws TrainingError `training/not-finite` */
async function trainStep(
  { model, set, session }: EpochContext,
  batch: LoadedBatch,
  { epoch, steps }: { readonly epoch: number; readonly steps: number },
): Promise<StepRecord> {
  const step = batch.index;
  const rate = learningRate(model.schedule, epoch, epoch * steps + step, model.epochs * steps);
  const before = performance.now();
  const result = await session.step(stepBatches(model, set, batch, epoch), {
    learningRate: rate,
    ...(model.maxGradientNorm === undefined ? {} : { maxGradientNorm: model.maxGradientNorm }),
  });
  const record = {
    epoch,
    step,
    steps,
    ...result,
    learningRate: rate,
    samples: batch.rows.length + batch.unreadable.length,
    waited: batch.waited,
    took: performance.now() - before,
  };
  if (Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm)) return record;
  throw notFinite(record, batch, set);
}

function notFinite(
  { loss, gradientNorm, epoch, step, learningRate: rate }: StepRecord,
  { rows, data }: LoadedBatch,
  set: SliceSet,
): TrainingError {
  const size = data.length / rows.length;
  const culprits = rows.filter(
    (_, place) => !data.subarray(place * size, (place + 1) * size).every(Number.isFinite),
  );
  const names = (list: readonly number[]): string => list.map((row) => set.ids[row]).join(', ');
  return new TrainingError({
    code: 'training/not-finite',
    reason:
      `loss ${loss}, gradient norm ${gradientNorm} in epoch ${epoch}, step ${step} (learning rate ${rate}); ` +
      `slices of the batch: ${names(rows)}` +
      (culprits.length === 0 ? '' : `; not finite as input: ${names(culprits)}`),
    remedy:
      'the last checkpoint was saved before this batch; check these slices, or start over with a smaller learning rate or gradient clipping',
  });
}
