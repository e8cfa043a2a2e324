import { present } from '@ichor/files';
import { logitLoss } from './logits.js';

/** Shares of the sequence model that are tried. */
const SHARES = Array.from({ length: 11 }, (_, i) => i / 10);

/** Logit of a blend: (1 - share) of the networks' and `share` of the sequence model's. */
export function blended(networks: Float32Array, sequence: Float32Array, share: number): Float32Array {
  return networks.map((logit, i) => (1 - share) * logit + share * sequence[i]!);
}

/** One column a label. */
interface BlendChoice {
  readonly networks: readonly Float32Array[];
  readonly sequence: readonly Float32Array[];
  /** 0 or 1 */
  readonly targets: readonly Float32Array[];
  /** Patient of each row. */
  readonly patients: ArrayLike<number>;
}

/**
 * The share of the sequence model per label: the smallest one whose log loss is not worse than the lowest by more than the
 * standard error of their difference, which is that of a mean over patients. So a label that few patients cannot
 * decide stays with the networks: the share 0 leaves them unchanged. A label that is never or always positive gets the share 0.
 */
export function chooseShares({ networks, sequence, targets, patients }: BlendChoice): number[] {
  return targets.map((target, label) => {
    if (target.every((value) => value === target[0])) return 0;
    const losses = SHARES.map((share) => {
      const logits = blended(present(networks[label]), present(sequence[label]), share);
      return logits.map((logit, row) => logitLoss(logit, target[row]!));
    });
    const means = losses.map(mean);
    const best = means.indexOf(Math.min(...means));
    const lowest = present(losses[best]);
    const chosen = losses.findIndex((loss, i) => {
      const worse = loss.map((value, row) => value - lowest[row]!);
      return i === best || mean(worse) <= standardError(worse, patients);
    });
    return present(SHARES[chosen]);
  });
}

/** Of the mean of values whose patients are independent, not the values of one patient. */
function standardError(values: Float32Array, patients: ArrayLike<number>): number {
  const average = mean(values);
  const sums = new Map<number, number>();
  values.forEach((value, row) => {
    const patient = patients[row]!;
    sums.set(patient, (sums.get(patient) ?? 0) + value - average);
  });
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return Math.sqrt(squares) / values.length;
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
