import type { Histogram } from './histogram.js';

/** Statistics of a view of a slice. */
export interface ViewStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/**
 * Smallest, largest and mean value of a slice after `view`, which maps a stored value (to HU, to a clamped
 * HU, to itself…). Without pixels all three are NaN.
 */
export function viewStatistics(
  { counts, min: first, total }: Histogram,
  view: (stored: number) => number,
): ViewStatistics {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count === 0) continue;
    const value = view(first + i);
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value * count;
  }
  return total === 0 ? { min: NaN, max: NaN, mean: NaN } : { min, max, mean: sum / total };
}
