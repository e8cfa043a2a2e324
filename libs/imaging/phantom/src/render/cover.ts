/**
 * Limits the share of a pixel that is covered to 0..1. Works without a branch, since at an edge a processor guesses
 * every second one wrong; Math.min and Math.max branch.
 */
export function limitCover(share: number): number {
  const positive = 0.5 * (share + Math.abs(share));
  return 0.5 * (positive + 1 - Math.abs(positive - 1));
}
