/**
 * Means of each slice with its two neighbours (one at the ends), in order. Blood usually shows on neighbouring slices;
 * noise rarely does.
 */
export function neighbourMeans(slices: ArrayLike<number>): number[] {
  return Array.from({ length: slices.length }, (_, i) => {
    const from = Math.max(i - 1, 0);
    const to = Math.min(i + 1, slices.length - 1);
    let sum = 0;
    for (let j = from; j <= to; j++) sum += slices[j]!;
    return sum / (to - from + 1);
  });
}

/**
 * The score of a study from the probabilities of its slices in order: the largest mean of three neighbours
 * (of two at the ends), which is steadier than the maximum.
 */
export function studyScore(slices: ArrayLike<number>): number {
  return neighbourMeans(slices).reduce((best, mean) => Math.max(best, mean), 0);
}
