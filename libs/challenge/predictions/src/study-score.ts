/**
 * The score of a study from the probabilities of its slices in order: the largest mean of three neighbours
 * (of two at the ends). Blood is seen on neighbouring slices, noise seldom is, so this is steadier than the maximum.
 */
export function studyScore(slices: ArrayLike<number>): number {
  let best = 0;
  for (let i = 0; i < slices.length; i++) {
    const from = Math.max(i - 1, 0);
    const to = Math.min(i + 1, slices.length - 1);
    let sum = 0;
    for (let j = from; j <= to; j++) sum += slices[j]!;
    best = Math.max(best, sum / (to - from + 1));
  }
  return best;
}
