import { type BaseModel, imageTensor, classCount, labelProbabilities, sampleSize } from '@ichor/base-model';
import { present } from '@ichor/files';
import type { Tensor } from '@ichor/nn';
import type { LoadedBatch } from '../input/batches.js';
import { TrainingError } from '../error.js';
import { microBatchSizes } from './micro-batches.js';

/** Runs a network in evaluation mode; both kinds of sessions do. */
export type Forward = (inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;

export interface Evaluated {
  /** samples x classes */
  readonly logits: Float32Array;
  /** samples x six labels */
  readonly probabilities: Float32Array;
  /** samples x length of the vector before the last linear layer */
  readonly features: Float32Array;
}

/**
 * Network outputs of all samples of a batch, at most `microBatch` at once.
 *
 * @throws TrainingError `training/not-finite` naming the slices
 */
export async function evaluateBatch(
  forward: Forward,
  model: BaseModel,
  { data, rows }: Pick<LoadedBatch, 'data' | 'rows'>,
  ids: readonly string[],
): Promise<Evaluated> {
  const size = sampleSize(model);
  const samples = data.length / size;
  const perRow = samples / rows.length;
  const classes = classCount(model);
  const logits = new Float32Array(samples * classes);
  let features = new Float32Array(0);
  let first = 0;
  for (const count of microBatchSizes(samples, model.microBatch ?? model.batchSize)) {
    // A copy in memory of its own, since engines take no shared memory.
    const values = data.slice(first * size, (first + count) * size);
    const outputs = await forward({ image: imageTensor(model, values) });
    const found = present(outputs['logits']).data;
    const bad = found.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const row = present(rows[Math.floor((first + Math.floor(bad / classes)) / perRow)]);
      throw new TrainingError({
        code: 'training/not-finite',
        reason: `the network gives ${String(found[bad])} for slice ${ids[row] ?? '?'}`,
        remedy:
          'the weights have diverged: choose an earlier snapshot, or train with a smaller learning rate',
      });
    }
    logits.set(found, first * classes);
    const vectors = outputs['features']?.data;
    if (vectors !== undefined) {
      const length = vectors.length / count;
      if (features.length === 0) features = new Float32Array(samples * length);
      features.set(vectors, first * length);
    }
    first += count;
  }
  return { logits, probabilities: labelProbabilities(model, logits), features };
}

/** Sum over the samples of the loss that training minimizes, in double precision. */
export function lossSum(
  model: BaseModel,
  weights: readonly number[],
  logits: Float32Array,
  targets: Float32Array,
): number {
  const classes = classCount(model);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i]!;
    // log(1 + exp(z)) - t z, without overflow.
    const loss = Math.max(z, 0) - z * targets[i]! + Math.log1p(Math.exp(-Math.abs(z)));
    sum += (loss * present(weights[i % classes])) / classes;
  }
  return sum;
}
