import { present } from '@ichor/files/present';
import { checkPair, POSITIVE_FROM, type Values } from './columns.js';

/** Brier score: mean squared difference of probability and outcome. 0 is best. */
export function brierScore(targets: Values, probabilities: Values): number {
  checkPair('brierScore', targets, probabilities);
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const outcome = targets[i]! >= POSITIVE_FROM ? 1 : 0;
    sum += (probabilities[i]! - outcome) ** 2;
  }
  return sum / targets.length;
}

/** Slices whose predicted probability lies in (low, high]; the first bin includes its lower edge. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanPredicted: number;
  /** Share of the slices that are positive. */
  readonly observed: number;
}

export interface CalibrationOptions {
  /** Number of bins; default 10. */
  readonly bins?: number;
  /** Bins of equal width (default), or of equal numbers of slices. */
  readonly strategy?: 'uniform' | 'quantile';
}

/** Reliability diagram: the bins that hold slices. Probabilities lie in 0..1. */
export function calibrationBins(
  targets: Values,
  probabilities: Values,
  { bins = 10, strategy = 'uniform' }: CalibrationOptions = {},
): CalibrationBin[] {
  checkPair('calibrationBins', targets, probabilities);
  const edges =
    strategy === 'uniform'
      ? Array.from({ length: bins + 1 }, (_, i) => i / bins)
      : quantiles(probabilities, bins);
  const counts = new Float64Array(bins);
  const predicted = new Float64Array(bins);
  const positive = new Float64Array(bins);
  for (let i = 0; i < targets.length; i++) {
    const p = probabilities[i]!;
    let bin = 0;
    while (bin < bins - 1 && p > present(edges[bin + 1])) bin++;
    counts[bin]!++;
    predicted[bin]! += p;
    if (targets[i]! >= POSITIVE_FROM) positive[bin]!++;
  }
  return Array.from(counts, (count, bin) => ({
    low: present(edges[bin]),
    high: present(edges[bin + 1]),
    count,
    meanPredicted: predicted[bin]! / count,
    observed: positive[bin]! / count,
  })).filter(({ count }) => count > 0);
}

/** Expected calibration error: mean over slices of |observed - predicted| of their bin. */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  let sum = 0;
  let total = 0;
  for (const { count, observed, meanPredicted } of bins) {
    sum += count * Math.abs(observed - meanPredicted);
    total += count;
  }
  return sum / total;
}

/** Edges of bins of equal counts, linear between neighbours in rank (numpy's default percentile). */
function quantiles(values: Values, bins: number): number[] {
  const sorted = Float64Array.from(values).sort();
  return Array.from({ length: bins + 1 }, (_, i) => {
    const at = (i / bins) * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    const above = sorted[Math.ceil(at)]!;
    return below + (above - below) * (at - Math.floor(at));
  });
}
