import { POSITIVE_FROM, type Values } from './columns.js';

/** The counts at one threshold: every slice with score >= threshold is called positive. */
export interface ThresholdStep {
  readonly threshold: number;
  /** True positives so far. */
  readonly truePositives: number;
  /** False positives so far. */
  readonly falsePositives: number;
}

export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  /** One step for each different score, from the highest down; ties make one step. */
  readonly steps: Iterable<ThresholdStep>;
}

/**
 * The scores in falling order, with the positives and negatives at each threshold.
 *
 * Positives and negatives are sorted separately, as plain numbers, and merged: no index array, no comparator.
 */
export function rank(targets: Values, scores: Values): Ranking {
  let positives = 0;
  for (let i = 0; i < targets.length; i++) if (targets[i]! >= POSITIVE_FROM) positives++;
  const negatives = targets.length - positives;
  const up = new Float64Array(positives);
  const down = new Float64Array(negatives);
  for (let i = 0, p = 0, n = 0; i < targets.length; i++) {
    if (targets[i]! >= POSITIVE_FROM) up[p++] = scores[i]!;
    else down[n++] = scores[i]!;
  }
  up.sort();
  down.sort();
  return { positives, negatives, steps: { [Symbol.iterator]: () => merge(up, down) } };
}

function* merge(up: Float64Array, down: Float64Array): Generator<ThresholdStep> {
  let p = up.length;
  let n = down.length;
  while (p > 0 || n > 0) {
    const threshold = Math.max(up[p - 1] ?? -Infinity, down[n - 1] ?? -Infinity);
    // `===` on purpose: 0 and -0 are one score.
    while (p > 0 && up[p - 1] === threshold) p--;
    while (n > 0 && down[n - 1] === threshold) n--;
    yield { threshold, truePositives: up.length - p, falsePositives: down.length - n };
  }
}
