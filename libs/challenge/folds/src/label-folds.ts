import { present } from '@ichor/files/present';
import { PythonRandom } from './python-random.js';

/** Slices in the order of the data set: `groups[i]` and `labels[i]` belong to slice i. */
export interface LabelledSlices {
  /** PatientID of each slice: the slices of a patient stay in one fold. */
  readonly groups: readonly string[];
  /**
   * Positive labels of each slice, in the order of the label file. A label that the file repeats is repeated here too:
   * the reference's draws counted the repeated row, so equal folds need it.
   */
  readonly labels: readonly (readonly string[])[];
}

export interface FoldOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Default 10, the reference's. */
  readonly seed?: number | bigint;
}

/** The value for a patient without labels. */
const NEGATIVE = '';

/**
 * Folds grouped by patient and stratified by the patient's rarest label, with the draws of CPython.
 *
 * Patients are processed in sorted order. The rarest label of a patient is the one with the smallest count over the
 * whole set (the first of equals; '' for a patient without labels). The patient goes to a fold that is drawn among
 * those with the fewest of that label so far. All labels of its slices are then added to that fold's counts ('' once).
 *
 * @returns the fold of each slice
 */
export function labelStratifiedFolds(
  { groups, labels }: LabelledSlices,
  { folds = 5, seed = 10 }: FoldOptions = {},
): Int8Array {
  if (groups.length !== labels.length)
    throw new RangeError(
      `labelStratifiedFolds: ${groups.length} groups, but ${labels.length} lists of labels`,
    );
  if (!Number.isInteger(folds) || folds < 1 || folds > 127)
    throw new RangeError(`labelStratifiedFolds: expected 1 to 127 folds, received ${folds}`);
  const total = new Map<string, number>();
  const labelsOfPatient = new Map<string, string[]>();
  for (const [slice, patient] of groups.entries()) {
    let all = labelsOfPatient.get(patient);
    if (all === undefined) labelsOfPatient.set(patient, (all = []));
    for (const label of present(labels[slice])) {
      all.push(label);
      total.set(label, (total.get(label) ?? 0) + 1);
    }
  }

  const random = new PythonRandom(seed);
  const counts = Array.from({ length: folds }, () => new Map<string, number>());
  const foldOf = new Map<string, number>();
  for (const patient of [...labelsOfPatient.keys()].sort(byCodePoint)) {
    const own = labelsOfPatient.get(patient) ?? [];
    const counted = own.length === 0 ? [NEGATIVE] : own;
    const rarest = rarestOf(counted, total);
    const fold = random.choice(foldsWithFewest(counts, rarest));
    for (const label of counted)
      present(counts[fold]).set(label, (present(counts[fold]).get(label) ?? 0) + 1);
    foldOf.set(patient, fold);
  }
  return Int8Array.from(groups, (patient) => foldOf.get(patient) ?? -1);
}

function rarestOf(labels: readonly string[], total: ReadonlyMap<string, number>): string {
  let rarest = present(labels[0]);
  for (const label of labels) if ((total.get(label) ?? 0) < (total.get(rarest) ?? 0)) rarest = label;
  return rarest;
}

function foldsWithFewest(counts: readonly ReadonlyMap<string, number>[], label: string): number[] {
  const ofLabel = counts.map((fold) => fold.get(label) ?? 0);
  const fewest = Math.min(...ofLabel);
  return ofLabel.flatMap((count, fold) => (count === fewest ? [fold] : []));
}

/** Python's order of strings. JavaScript's own differs for characters beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
  }
  return a.length - b.length;
}
