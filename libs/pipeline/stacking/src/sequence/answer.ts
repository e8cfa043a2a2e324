import { present } from '@ichor/files';
import type { AlignedPredictions } from '@ichor/predictions';
import type { StateDict, Tensor } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { blended } from './blend.js';
import type { SequenceLogits } from './predict.js';

/** Name of the tensor that holds the share of the sequence model in each label. */
const SHARES = 'blend.shares';

/** Probabilities of slices and of series, one column a label. */
export interface SequenceAnswer {
  readonly slices: readonly Float32Array[];
  readonly studies: readonly Float32Array[];
}

/** The sequence model's slices mixed with the mean of the networks' logits; its studies as they are. */
export function answerOf(
  predictions: Pick<AlignedPredictions, 'columns'>,
  { slices, study }: SequenceLogits,
  shares: readonly number[],
): SequenceAnswer {
  const networks = meanLogits(predictions.columns);
  return {
    slices: slices.map((column, label) =>
      sigmoid(blended(present(networks[label]), column, present(shares[label]))),
    ),
    studies: study.map(sigmoid),
  };
}

/** The share of the sequence model in each label, as the weights' file keeps it. */
export function sharesIn(tensors: StateDict): readonly number[] {
  const shares = tensors.get(SHARES);
  if (shares === undefined) throw new RangeError(`the weights have no ${SHARES}`);
  return [...shares.data];
}

/** The shares as {@link sharesIn} reads them. */
export function sharesTensor(shares: readonly number[]): readonly [name: string, Tensor] {
  return [SHARES, { shape: [shares.length], data: Float32Array.from(shares) }];
}

/** Probabilities nearer to 0 or 1 than this say no more. */
const LIMIT = 1e-5;

/** Mean over the models of each label's logits. */
export function meanLogits(columns: readonly (readonly Float32Array[])[]): Float32Array[] {
  return LABELS.map((_, label) => {
    const first = columns[0]?.[label] ?? new Float32Array(0);
    return first.map((_value, row) => {
      let sum = 0;
      for (const ofModel of columns) {
        const p = Math.min(Math.max(present(ofModel[label])[row]!, LIMIT), 1 - LIMIT);
        sum += Math.log(p / (1 - p));
      }
      return sum / columns.length;
    });
  });
}

const sigmoid = (logits: Float32Array): Float32Array => logits.map((x) => 1 / (1 + Math.exp(-x)));
