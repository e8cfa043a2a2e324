import { checkPair, type Values } from './columns.js';
import { rank } from './thresholds.js';

/**
 * Average precision: the sum over thresholds of precision x gain in recall, without interpolation.
 * NaN without positives.
 *
 * @throws RangeError on columns of unequal length, without rows, or with NaN.
 */
export function averagePrecision(targets: Values, scores: Values): number {
  checkPair('averagePrecision', targets, scores);
  const { positives, steps } = rank(targets, scores);
  let area = 0;
  let before = 0;
  for (const { truePositives, falsePositives } of steps) {
    const precision = truePositives / (truePositives + falsePositives);
    area += ((truePositives - before) / positives) * precision;
    before = truePositives;
  }
  return positives === 0 ? NaN : area;
}
