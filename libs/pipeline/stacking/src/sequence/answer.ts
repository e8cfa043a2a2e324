import { present } from '@ichor/files';
import type { StateDict } from '@ichor/nn';
import { studyScore } from '@ichor/predictions';
import { LABELS } from '@ichor/tables';
import { StackingError } from '../error.js';
import { blended } from './blend.js';
import { logitOf, sigmoid } from './logits.js';
import type { SequenceLogits } from './predict.js';
import type { SequenceRows } from './series.js';

/** Name of the tensor that holds the shares of the sequence model. */
const SHARES = 'blend.shares';

/** Probabilities of slices and of series, one column a label. */
export interface SequenceAnswer {
  readonly slices: readonly Float32Array[];
  readonly studies: readonly Float32Array[];
}

/** Shares of the sequence model in each label: in the slices beside the networks, in the studies beside the score of the slices. */
export interface Shares {
  readonly slices: readonly number[];
  readonly studies: readonly number[];
}

/** Logits of the slices by the networks alone, one column a label. */
export function networkColumns({ rows, networks }: Pick<SequenceRows, 'rows' | 'networks'>): Float32Array[] {
  return LABELS.map((_, label) =>
    Float32Array.from({ length: rows }, (_row, row) => networks[row * LABELS.length + label]!),
  );
}

/** Logits of series by their slices: the largest mean of three neighbours, one column a label. */
export function scoreColumns(slices: readonly Float32Array[], starts: Uint32Array): Float32Array[] {
  return slices.map((logits) => {
    const probabilities = logits.map(sigmoid);
    return Float32Array.from({ length: starts.length - 1 }, (_, k) =>
      logitOf(studyScore(probabilities.subarray(starts[k], starts[k + 1]))),
    );
  });
}

/** The predictions of the networks alone. */
export function networksAlone(
  rows: Pick<SequenceRows, 'rows' | 'networks'>,
  starts: Uint32Array,
): SequenceLogits {
  const slices = networkColumns(rows);
  return { slices, study: scoreColumns(slices, starts) };
}

/** Per label (1 - share) of the first logits and `share` of the others. */
export function mixed(
  first: readonly Float32Array[],
  others: readonly Float32Array[],
  shares: readonly number[],
): Float32Array[] {
  return others.map((column, label) => blended(present(first[label]), column, present(shares[label])));
}

/**
 * The slices of the sequence model mixed with those of the networks, and its studies mixed with the score of the mixed slices.
 */
export function answerOf(
  rows: Pick<SequenceRows, 'rows' | 'networks'>,
  starts: Uint32Array,
  sequence: SequenceLogits,
  shares: Shares,
): SequenceAnswer {
  const slices = mixed(networkColumns(rows), sequence.slices, shares.slices);
  const studies = mixed(scoreColumns(slices, starts), sequence.study, shares.studies);
  const probabilities = (columns: readonly Float32Array[]) => columns.map((column) => column.map(sigmoid));
  return { slices: probabilities(slices), studies: probabilities(studies) };
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
