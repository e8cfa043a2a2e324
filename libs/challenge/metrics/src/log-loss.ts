import { present } from '@ichor/files/present';
import { checkLabels, checkPair, POSITIVE_FROM, type Values } from './columns.js';

export interface LogLossOptions {
  /** Probabilities are clipped to [clip, 1 - clip]; default 1e-15. */
  readonly clip?: number;
}

/**
 * Binary log loss of one label: -mean(t log p + (1 - t) log(1 - p)), natural logarithm.
 *
 * @throws RangeError on columns of unequal length, without rows, or with NaN.
 */
export function logLoss(
  targets: Values,
  probabilities: Values,
  { clip = 1e-15 }: LogLossOptions = {},
): number {
  checkPair('logLoss', targets, probabilities);
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const p = Math.min(1 - clip, Math.max(clip, probabilities[i]!));
    sum -= targets[i]! >= POSITIVE_FROM ? Math.log(p) : Math.log1p(-p);
  }
  return sum / targets.length;
}

/** Log loss of each label; one column a label. */
export function logLossPerLabel(
  targets: readonly Values[],
  probabilities: readonly Values[],
  options: LogLossOptions = {},
): number[] {
  checkLabels('logLossPerLabel', targets, probabilities);
  return targets.map((column, label) => logLoss(column, present(probabilities[label]), options));
}

/** Weighted multi-label log loss: the mean of the labels' log losses with these weights. */
export function weightedLogLoss(
  targets: readonly Values[],
  probabilities: readonly Values[],
  weights: readonly number[],
  options: LogLossOptions = {},
): number {
  if (weights.length !== targets.length)
    throw new RangeError(`weightedLogLoss: ${weights.length} weights for ${targets.length} labels`);
  let sum = 0;
  let total = 0;
  for (const [label, loss] of logLossPerLabel(targets, probabilities, options).entries()) {
    sum += present(weights[label]) * loss;
    total += present(weights[label]);
  }
  return sum / total;
}
