import { present } from '@ichor/files/present';
import { checkLabels, checkPair, mean, type Values } from './columns.js';
import { rank } from './thresholds.js';

/**
 * Area under the ROC curve: the probability that a positive slice scores higher than a negative one, ties
 * counting half. NaN when one of the classes is absent.
 *
 * @throws RangeError on columns of unequal length, without rows, or with NaN.
 */
export function rocAuc(targets: Values, scores: Values): number {
  checkPair('rocAuc', targets, scores);
  const { positives, negatives, steps } = rank(targets, scores);
  let area = 0;
  let tp = 0;
  let fp = 0;
  for (const { truePositives, falsePositives } of steps) {
    // Trapezoid between two thresholds.
    area += ((falsePositives - fp) * (truePositives + tp)) / 2;
    tp = truePositives;
    fp = falsePositives;
  }
  return positives === 0 || negatives === 0 ? NaN : area / positives / negatives;
}

/** Mean of the labels' areas; NaN when a label lacks one of the classes. */
export function rocAucMacro(targets: readonly Values[], scores: readonly Values[]): number {
  checkLabels('rocAucMacro', targets, scores);
  return mean(targets.map((column, label) => rocAuc(column, present(scores[label]))));
}

/** Area over all labels taken together as one list. */
export function rocAucMicro(targets: readonly Values[], scores: readonly Values[]): number {
  checkLabels('rocAucMicro', targets, scores);
  return rocAuc(flatten(targets), flatten(scores));
}

function flatten(columns: readonly Values[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}

/** Points of the ROC curve, from (0, 0) at threshold infinity to (1, 1); one for each different score. */
export interface RocCurve {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  /** A slice is called positive from this score on. */
  readonly thresholds: Float64Array;
}

/** Rates are NaN where a class is absent. */
export function rocCurve(targets: Values, scores: Values): RocCurve {
  checkPair('rocCurve', targets, scores);
  const { positives, negatives, steps } = rank(targets, scores);
  const fpr = [0];
  const tpr = [0];
  const thresholds = [Infinity];
  for (const { threshold, truePositives, falsePositives } of steps) {
    fpr.push(falsePositives / negatives);
    tpr.push(truePositives / positives);
    thresholds.push(threshold);
  }
  return {
    falsePositiveRate: Float64Array.from(fpr),
    truePositiveRate: Float64Array.from(tpr),
    thresholds: Float64Array.from(thresholds),
  };
}

export interface OperatingPoint {
  /** A slice is called positive from this score on. Infinity: never. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

/**
 * The operating point of highest sensitivity among those whose specificity is at least `specificity`
 * (of several, the one of highest specificity). Sensitivity is NaN without positives.
 */
export function sensitivityAtSpecificity(
  targets: Values,
  scores: Values,
  specificity: number,
): OperatingPoint {
  checkPair('sensitivityAtSpecificity', targets, scores);
  const { positives, negatives, steps } = rank(targets, scores);
  let best: OperatingPoint = { threshold: Infinity, sensitivity: positives === 0 ? NaN : 0, specificity: 1 };
  for (const { threshold, truePositives, falsePositives } of steps) {
    const reached = negatives === 0 ? NaN : 1 - falsePositives / negatives;
    // Counts are exact; their ratio may miss a round number by a rounding error.
    if (reached < specificity - 1e-12) break;
    const sensitivity = truePositives / positives;
    if (sensitivity > best.sensitivity) best = { threshold, sensitivity, specificity: reached };
  }
  return best;
}
