import { present } from '@ichor/files';
import type { StateDict } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { StackingError } from '../error.js';
import { blended } from './blend.js';
import { sigmoid } from './logits.js';
import type { SequenceLogits } from './predict.js';
import { scoreOf, type SequenceRows } from './series.js';

/** Name of the tensor that holds the shares of the sequence model. */
const SHARES = 'blend.shares';

/** Probabilities of slices and of series, one column a label. */
export interface SequenceAnswer {
  readonly slices: readonly Float32Array[];
  readonly studies: readonly Float32Array[];
}

/** Shares of the sequence model in each label, beside the networks. */
export interface Shares {
  readonly slices: readonly number[];
  readonly studies: readonly number[];
}

/** What the networks alone say, in logits: one column a label. */
export function networksAlone(
  { rows, networks }: Pick<SequenceRows, 'rows' | 'networks'>,
  starts: Uint32Array,
): SequenceLogits {
  const scores = Array.from({ length: starts.length - 1 }, (_, k) =>
    scoreOf(
      networks,
      Array.from({ length: starts[k + 1]! - starts[k]! }, (_row, i) => starts[k]! + i),
    ),
  );
  return {
    slices: LABELS.map((_, label) =>
      Float32Array.from({ length: rows }, (_row, row) => networks[row * LABELS.length + label]!),
    ),
    study: LABELS.map((_, label) => Float32Array.from(scores, (score) => present(score[label]))),
  };
}

/** The sequence model's answers mixed with those of the networks alone. */
export function answerOf(networks: SequenceLogits, sequence: SequenceLogits, shares: Shares): SequenceAnswer {
  const mixed = (alone: readonly Float32Array[], read: readonly Float32Array[], of: readonly number[]) =>
    read.map((column, label) => blended(present(alone[label]), column, present(of[label])).map(sigmoid));
  return {
    slices: mixed(networks.slices, sequence.slices, shares.slices),
    studies: mixed(networks.study, sequence.study, shares.studies),
  };
}

/** The shares as the weights' file keeps them. */
export function sharesIn(tensors: StateDict): Shares {
  const stored = tensors.get(SHARES);
  if (stored?.data.length !== 2 * LABELS.length) {
    throw new StackingError({
      code: 'stacking/parts',
      reason: `the weights of the sequence model lack its shares of slices and studies (${SHARES})`,
      remedy: 'they are of an earlier version: fit the sequence model again',
    });
  }
  const values = [...stored.data];
  return { slices: values.slice(0, LABELS.length), studies: values.slice(LABELS.length) };
}

/** The shares as {@link sharesIn} reads them. */
export function sharesTensors({ slices, studies }: Shares): StateDict {
  return new Map([[SHARES, { shape: [2, LABELS.length], data: Float32Array.of(...slices, ...studies) }]]);
}
