import { present } from '@ichor/files';

/**
 * The slices that a reader should see first: those of the highest probability, but of a run of neighbours only the
 * best, so that three key slices show three places.
 *
 * @param probabilities of the slices in order
 */
export function keySlices(probabilities: readonly number[], count = 3): number[] {
  const order = probabilities
    .map((_, index) => index)
    .sort((a, b) => present(probabilities[b]) - present(probabilities[a]) || a - b);
  const chosen: number[] = [];
  for (const index of order) {
    if (chosen.length === count) break;
    if (chosen.every((other) => Math.abs(other - index) > 1)) chosen.push(index);
  }
  return chosen;
}
