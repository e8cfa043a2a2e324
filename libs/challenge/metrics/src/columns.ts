import { present } from '@ichor/files/present';

/** Numbers of one label, one a slice. */
export type Values = ArrayLike<number>;

/**
 * A target counts as positive from 0.5 on: soft targets (0.3 next to a bleed) are negatives for every metric.
 */
export const POSITIVE_FROM = 0.5;

/** @throws RangeError when the lengths differ, there are no slices, or a value is NaN. */
export function checkPair(metric: string, targets: Values, predictions: Values): void {
  if (targets.length !== predictions.length)
    throw new RangeError(`${metric}: ${targets.length} targets, but ${predictions.length} predictions`);
  if (targets.length === 0) throw new RangeError(`${metric}: no slices`);
  for (let i = 0; i < predictions.length; i++) {
    if (Number.isNaN(predictions[i])) throw new RangeError(`${metric}: prediction ${i} is NaN`);
    if (Number.isNaN(targets[i])) throw new RangeError(`${metric}: target ${i} is NaN`);
  }
}

/** @throws RangeError when the numbers of columns of targets and predictions differ, or are 0. */
export function checkLabels(
  metric: string,
  targets: readonly Values[],
  predictions: readonly Values[],
): void {
  if (targets.length !== predictions.length || targets.length === 0)
    throw new RangeError(
      `${metric}: ${targets.length} columns of targets, ${predictions.length} of predictions`,
    );
  for (const [i, column] of targets.entries()) checkPair(metric, column, present(predictions[i]));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
