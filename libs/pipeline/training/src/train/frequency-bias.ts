import { type BaseModel, classCount } from '@ichor/base-model';
import { LABELS } from '@ichor/tables';
import { isPositive, sliceCount, type SliceSet } from '../data/slice-set.js';

/** Beyond it a bias saturates the sigmoid (+-6.9): a label that nobody has would not be learned any more. */
const rarest = 1e-3;

/**
 * For each output of the network the log-odds of the mean target of the training slices, as an epoch samples them: the
 * constant logit of the lowest cross-entropy, whatever the weights of the classes (Lin et al. 2017, section 4.1).
 * Means are clipped to 0.001 .. 0.999.
 */
export function frequencyBias(model: Pick<BaseModel, 'classes' | 'sampling'>, set: SliceSet): Float32Array {
  const rows = Array.from({ length: sliceCount(set) }, (_, row) => row);
  const positives = rows.filter((row) => isPositive(set, row)).length;
  // `pos==neg` draws at most as many negatives as there are positives.
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
    const mean = weights > 0 ? Math.min(Math.max(sum / weights, rarest), 1 - rarest) : 0.5;
    return Math.log(mean / (1 - mean));
  });
}
