import { lossPerSlice } from '@ichor/predictions';
import { present } from '@ichor/files';
import { LABELS, type Label } from '@ichor/tables';

/** A slice of the validation fold that the network gets wrong. */
export interface WorstSlice {
  readonly id: string;
  /** Weighted log loss over the labels, as the challenge weighs them. */
  readonly loss: number;
  /** The label whose probability is farthest from the truth. */
  readonly label: Label;
  readonly truth: boolean;
  readonly probability: number;
}

/** How many of them an epoch names. */
const named = 8;

/**
 * The slices of the highest loss, the worst first; of equal ones the first in the set.
 *
 * @param targets one column a label, positive from 0.5 on
 * @param probabilities the same
 */
export function worstSlices(
  ids: readonly string[],
  targets: readonly Float32Array[],
  probabilities: readonly Float32Array[],
): WorstSlice[] {
  const losses = lossPerSlice(targets, probabilities);
  const order = Array.from(ids, (_, row) => row).sort((a, b) => losses[b]! - losses[a]! || a - b);
  return order.slice(0, named).map((row) => {
    const labels = LABELS.map((label, l) => {
      const truth = present(targets[l])[row]! >= 0.5;
      const probability = present(probabilities[l])[row]!;
      return { label, truth, probability, error: truth ? 1 - probability : probability };
    });
    const { label, truth, probability } = labels.reduce((worst, one) =>
      one.error > worst.error ? one : worst,
    );
    return { id: present(ids[row]), loss: losses[row]!, label, truth, probability };
  });
}
