import { RandomStream } from '@ichor/files/random';
import { type BaseModel, classCount, classTargets, imageTensor, sampleSize } from '@ichor/base-model';
import type { Batch } from '@ichor/runtime';
import type { SliceSet } from '../data/slice-set.js';
import type { LoadedBatch } from '../input/batches.js';
import { microBatchSizes } from './micro-batches.js';
import { applyMix, drawMix } from './mixup.js';

/**
 * The micro-batches of one step: copied out of the loader's memory, mixed where the model mixes, and cut up.
 */
export function stepBatches(model: BaseModel, set: SliceSet, batch: LoadedBatch, epoch: number): Batch[] {
  const { rows } = batch;
  const size = sampleSize(model);
  const classes = classCount(model);
  const values = new Float32Array(batch.data.length);
  let targets = classTargets(model, set.targets, rows);
  const mix =
    model.mixup === undefined
      ? undefined
      : drawMix(model.mixup, rows.length, new RandomStream(model.seed, 'mixup', epoch, batch.index));
  if (mix === undefined) {
    values.set(batch.data);
  } else {
    applyMix(mix, batch.data, values, size);
    const mixed = new Float32Array(targets.length);
    applyMix(mix, targets, mixed, classes);
    targets = mixed;
  }
  let first = 0;
  return microBatchSizes(rows.length, model.microBatch ?? model.batchSize).map((count) => {
    const last = first + count;
    const piece = {
      inputs: { image: imageTensor(model, values.subarray(first * size, last * size)) },
      targets: { shape: [count, classes], data: targets.subarray(first * classes, last * classes) },
    };
    first = last;
    return piece;
  });
}
