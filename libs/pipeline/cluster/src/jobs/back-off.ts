/** Seconds between two looks at the scheduler: the first, and the longest. */
const FIRST = 5;
const LONGEST = 60;
const GROWTH = 1.5;

/**
 * How long to wait for the next look: longer and longer while nothing changes, short again after a change.
 *
 * @param before the last wait; undefined at the start
 * @returns seconds
 */
export function nextWait(before: number | undefined, changed: boolean): number {
  return before === undefined || changed ? FIRST : Math.min(LONGEST, before * GROWTH);
}
