import { type BaseModel, classCount, classTargets, sampleSize, trainingLoss } from '@ichor/base-model';
import { present } from '@ichor/files';
import { scorePredictions, type Scores } from '@ichor/predictions';
import { LABELS } from '@ichor/tables';
import { labelColumnsOf } from '../data/label-columns.js';
import { validationRows } from '../data/epoch-order.js';
import type { SliceSet } from '../data/slice-set.js';
import { loadBatches } from '../input/batches.js';
import type { SamplePool } from '../input/pool.js';
import { evaluateBatch, lossSum, type Forward } from './evaluate.js';
import type { TrainingEvents } from './events.js';
import { TrainingError } from '../error.js';
import { worstSlices, type WorstSlice } from './worst-slices.js';

export interface ValidationContext {
  readonly model: BaseModel;
  /** The slices of the validation fold, and the folder of their images. */
  readonly set: SliceSet;
  readonly folder: string;
  readonly pool: SamplePool;
  readonly events: TrainingEvents;
  readonly signal?: AbortSignal | undefined;
}

export interface Validation {
  /** Mean over the slices. */
  readonly loss: number;
  readonly scores: Scores;
  readonly unreadable: readonly string[];
  readonly worst: readonly WorstSlice[];
}

/**
 * Scores the network on the validation fold, or on `validationSlices` of its slices: one pass (the first of test-time augmentation), hard targets.
 * The pass is the same in every epoch, so that epochs are compared on equal terms.
 *
 * @returns undefined when the signal stopped it
 * @throws TrainingError `training/not-finite`, `training/no-slices`
 */
export async function validate(
  forward: Forward,
  { model, set, folder, pool, events, signal }: ValidationContext,
): Promise<Validation | undefined> {
  const loss = trainingLoss(model);
  const weights =
    (loss.kind === 'bce' ? loss.classWeights : undefined) ?? Array<number>(classCount(model)).fill(1);
  const order = validationRows(set, model);
  const probabilities: Float32Array[] = [];
  const targets: Float32Array[] = [];
  const ids: string[] = [];
  const unreadable: string[] = [];
  let sum = 0;
  let samples = 0;
  const batches = loadBatches(pool, {
    set,
    folder,
    order,
    size: model.batchSize,
    first: 0,
    end: Math.ceil(order.length / model.batchSize),
    variants: [{ kind: 'evaluate', pass: 0 }],
    sampleSize: sampleSize(model),
  });
  for await (const batch of batches) {
    if (signal?.aborted === true) return undefined;
    for (const slice of batch.unreadable) {
      unreadable.push(slice.id);
      events.unreadable?.(slice);
    }
    if (batch.rows.length > 0) {
      const evaluated = await evaluateBatch(forward, model, batch, set.ids);
      sum += lossSum(model, weights, evaluated.logits, classTargets(model, set.hardTargets, batch.rows));
      samples += batch.rows.length;
      probabilities.push(evaluated.probabilities);
      ids.push(...batch.rows.map((row) => present(set.ids[row])));
      targets.push(...batch.rows.map((row) => rowOf(set.hardTargets, row)));
    }
    events.evaluated?.(batch.rows.length + batch.unreadable.length);
  }
  if (samples === 0) {
    throw new TrainingError({
      code: 'training/no-slices',
      reason: `none of the ${order.length} slices of the validation fold can be read`,
      remedy: 'run preprocess again',
    });
  }
  const columns = [labelColumnsOf(concatenate(targets)), labelColumnsOf(concatenate(probabilities))] as const;
  return {
    loss: sum / samples,
    scores: scorePredictions(...columns),
    unreadable,
    worst: worstSlices(ids, ...columns),
  };
}

const rowOf = (values: Float32Array, row: number): Float32Array =>
  values.subarray(row * LABELS.length, (row + 1) * LABELS.length);

function concatenate(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
