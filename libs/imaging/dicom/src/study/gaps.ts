import { present } from '@ichor/files/present';
import type { Gap } from './study.js';

/** Number of steps on each side that define the usual step: a study may change its spacing once or twice. */
const NEIGHBOURS = 2;
const TOO_LONG = 1.5;

/**
 * Steps (mm) that are longer than 1.5 times the median of the neighbouring steps, and longer than the slice thickness: a
 * long step between thick slices leaves no tissue out.
 *
 * @param thickness of each slice (mm), one more than steps
 */
export function findGaps(steps: readonly number[], thickness: readonly (number | undefined)[]): Gap[] {
  const gaps: Gap[] = [];
  steps.forEach((distance, after) => {
    const around = steps.slice(Math.max(0, after - NEIGHBOURS), after + NEIGHBOURS + 1);
    if (around.length < 3) return;
    const expected = median(around);
    const covered = Math.max(thickness[after] ?? 0, thickness[after + 1] ?? 0);
    if (distance > TOO_LONG * expected && distance > TOO_LONG * covered) {
      gaps.push({ after, distance, expected, missing: Math.max(1, Math.round(distance / expected) - 1) });
    }
  });
  return gaps;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? present(sorted[middle])
    : (present(sorted[middle - 1]) + present(sorted[middle])) / 2;
}
