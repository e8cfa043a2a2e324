import { present } from '@ichor/files';

/** A decision: at or above `threshold` counts as positive. */
export interface Threshold {
  readonly threshold: number;
  /** Sensitivity that was requested, 0..1. */
  readonly wanted: number;
  /** Measured on the cases that it was fixed on. */
  readonly sensitivity: number;
  readonly specificity: number;
  /** Cases of either kind that it was fixed on: with few, the two shares above say little. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * The threshold with the highest specificity whose sensitivity is at least `wanted`: halfway between the last case above and
 * the first case below. Any value between these two decides the known cases alike; right at the last positive case, which
 * few cases put far too high, half of new ones like it would be missed.
 *
 * @returns undefined when there is no positive or no negative case
 */
export function thresholdAtSensitivity(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  wanted: number,
): Threshold | undefined {
  const positives: number[] = [];
  const negatives: number[] = [];
  for (let i = 0; i < labels.length; i++) (labels[i]! > 0.5 ? positives : negatives).push(probabilities[i]!);
  if (positives.length === 0 || negatives.length === 0) return undefined;
  positives.sort((a, b) => b - a);
  // Rounding up with a margin, so that 0.9 of 10 positives is 9 of them and not 10.
  const needed = Math.max(1, Math.ceil(wanted * positives.length - 1e-9));
  const last = present(positives[needed - 1]);
  const below = [...positives, ...negatives].filter((value) => value < last);
  const threshold = below.length === 0 ? last : (last + below.reduce((a, b) => Math.max(a, b))) / 2;
  const share = (values: readonly number[], fits: (value: number) => boolean) =>
    values.filter(fits).length / values.length;
  return {
    threshold,
    wanted,
    sensitivity: share(positives, (value) => value >= threshold),
    specificity: share(negatives, (value) => value < threshold),
    positives: positives.length,
    negatives: negatives.length,
  };
}
