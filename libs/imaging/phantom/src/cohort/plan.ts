import { BLEED_KINDS, type BleedKind } from '../bleeds/bleed.js';
import type { Variety } from '../head/variation.js';
import { createRandom } from '../random.js';

export type SetName = 'train' | 'test';

export interface CohortOptions {
  readonly seed: number;
  readonly patients: number;
  readonly testPatients: number;
  /** Rows and columns of the images. */
  readonly size: number;
  /** Share of the patients with a bleed. */
  readonly prevalence: number;
  /** Distance from slice to slice, mm; default: as thick as they are, 4 to 6. Larger makes fewer slices of a patient. */
  readonly sliceSpacing?: number | undefined;
  /** Factor of the extent of every bleed; default 1, as drawn. Larger makes heads that are easier to read. */
  readonly bleedSize?: number | undefined;
  /** Deviations of heads and scans from the average; default: none, which gives the bytes of earlier versions. */
  readonly varieties?: readonly Variety[] | undefined;
}

export interface PatientPlan {
  readonly set: SetName;
  /** Position in its set. */
  readonly index: number;
  /** Kinds of bleed, none for a healthy patient. */
  readonly kinds: readonly BleedKind[];
  readonly studies: number;
}

/**
 * Assigns kinds of bleeds to patients. The kinds take turns, so that five patients with a bleed already show all five.
 * About a third of the patients with a bleed have a second one. One patient in five has a second or third study.
 */
export function planCohort(options: CohortOptions): PatientPlan[] {
  return [...planSet('train', options.patients, options), ...planSet('test', options.testPatients, options)];
}

function planSet(set: SetName, count: number, { seed, prevalence }: CohortOptions): PatientPlan[] {
  const random = createRandom(seed, 'cohort', set);
  const sick = new Set(
    random.shuffle(Array.from({ length: count }, (_, i) => i)).slice(0, Math.round(count * prevalence)),
  );
  let turns: BleedKind[] = [];
  return Array.from({ length: count }, (_, index) => {
    const kinds: BleedKind[] = [];
    if (sick.has(index)) {
      if (turns.length === 0) turns = random.shuffle(BLEED_KINDS);
      const first = turns.pop();
      if (first !== undefined) kinds.push(first);
      const more = random.next();
      const others = random.shuffle(BLEED_KINDS.filter((kind) => kind !== first));
      kinds.push(...others.slice(0, more < 0.08 ? 2 : more < 0.32 ? 1 : 0));
    }
    const again = random.next();
    return { set, index, kinds, studies: again < 0.04 ? 3 : again < 0.2 ? 2 : 1 };
  });
}
