import { present } from '@ichor/files';
import { LABELS } from '@ichor/tables';

/** The slices of one purpose (training, validation, test), row by row. */
export interface SliceSet {
  readonly ids: readonly string[];
  /** What training aims at: rows x labels in the order of `LABELS`; NaN where unknown. */
  readonly targets: Float32Array;
  /** 0 or 1; NaN where unknown (the test set). */
  readonly hardTargets: Float32Array;
  /** Per row the slices that the network sees together, from below to above; the slice itself in the middle. */
  readonly seenIds: readonly (readonly string[])[];
}

export function sliceCount(set: SliceSet): number {
  return set.ids.length;
}

/** The rows given, in that order. */
export function pickSlices(set: SliceSet, rows: readonly number[] | Int32Array): SliceSet {
  const pick = (values: Float32Array): Float32Array => {
    const picked = new Float32Array(rows.length * LABELS.length);
    rows.forEach((row, at) =>
      picked.set(values.subarray(row * LABELS.length, (row + 1) * LABELS.length), at * LABELS.length),
    );
    return picked;
  };
  return {
    ids: Array.from(rows, (row) => present(set.ids[row])),
    targets: pick(set.targets),
    hardTargets: pick(set.hardTargets),
    seenIds: Array.from(rows, (row) => present(set.seenIds[row])),
  };
}

/** Whether a slice has any label; an unknown one has not. */
export function isPositive(set: SliceSet, row: number): boolean {
  for (let label = 0; label < LABELS.length; label++) {
    if (set.hardTargets[row * LABELS.length + label]! > 0.5) return true;
  }
  return false;
}
