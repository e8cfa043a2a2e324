import { type BaseModel, classCount } from '@ichor/base-model';
import { logOdds } from '@ichor/experiment';
import { LABELS } from '@ichor/tables';
import { isPositive, sliceCount, type SliceSet } from '../data/slice-set.js';

/**
 * For each output of the network the log-odds of the mean target of the training slices, as an epoch samples them: the
 * constant logit of the lowest cross-entropy.
 */
export function frequencyBias(model: Pick<BaseModel, 'classes' | 'sampling'>, set: SliceSet): Float32Array {
  const rows = Array.from({ length: sliceCount(set) }, (_, row) => row);
  const positives = rows.filter((row) => isPositive(set, row)).length;
  // `pos==neg` and `kinds` draw at most as many negatives as there are positives; that `kinds` draws rare ones more often is left out.
  const drawn = model.sampling === 'all' ? 1 : Math.min(1, positives / (rows.length - positives));
  const skipped = LABELS.length - classCount(model);
  return Float32Array.from({ length: classCount(model) }, (_, output) => {
    let sum = 0;
    let weights = 0;
    for (const row of rows) {
      const weight = isPositive(set, row) ? 1 : drawn;
      sum += weight * set.targets[row * LABELS.length + skipped + output]!;
      weights += weight;
    }
    return logOdds(weights > 0 ? sum / weights : 0.5);
  });
}
