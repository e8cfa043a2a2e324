import { createIdentifiers } from './identifiers.js';
import { visibleKinds } from './labels.js';
import { planCohort, type CohortOptions, type SetName } from './plan.js';
import { createStudy } from './study.js';
import { sliceCounter } from './write-patient.js';
import { BLEED_KINDS, type BleedKind } from '../bleeds/bleed.js';

/** The ground truth of a slice that the phantom made. */
export interface SliceTruth {
  readonly width: number;
  readonly height: number;
  /** rows x columns: which blood is visible where, a sum of bits (1 epidural, 2 intraparenchymal, 4 intraventricular, 8 subarachnoid, 16 subdural). */
  readonly mask: Uint8Array;
  /** Kinds that the labels name: those of which at least 25 mm² are visible. */
  readonly kinds: readonly BleedKind[];
}

/**
 * Renders a study of a set once more, with masks, by the ID of each slice: the true bleeds of files that `generateSet` made.
 *
 * @param options those of the set
 * @param sliceId of any slice of the study, `ID_<9 hex>`
 * @returns undefined when the set has no such slice
 */
export function studyTruth(
  options: CohortOptions,
  set: SetName,
  sliceId: string,
): ReadonlyMap<string, SliceTruth> | undefined {
  const identify = createIdentifiers(options.seed, 'slice');
  for (const patient of planCohort(options).filter((one) => one.set === set)) {
    for (let number = 0; number < patient.studies; number++) {
      const { acquisition, renderer } = createStudy(patient, number, options, true);
      const ids = acquisition.positions.map((_, slice) => identify(sliceCounter(patient, number, slice)));
      if (!ids.includes(sliceId)) continue;
      return new Map(
        ids.map((id, slice) => {
          const { mask = new Uint8Array(options.size ** 2), area } = renderer.render(slice);
          const kinds = visibleKinds(BLEED_KINDS.map((kind) => area[kind]));
          return [id, { width: options.size, height: options.size, mask: mask.slice(), kinds }];
        }),
      );
    }
  }
  return undefined;
}
