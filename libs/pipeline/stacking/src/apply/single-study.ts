import type { OrderedSlices } from '../slices/ordered-slices.js';

/**
 * The slices of one study by itself, from the feet to the head. Statistics over the patient are then those over
 * the study: earlier studies of the patient are not known.
 */
export function singleStudy(ids: readonly string[]): OrderedSlices {
  const rows = ids.length;
  return {
    rows,
    ids,
    starts: Uint32Array.of(0, rows),
    patients: new Uint32Array(rows),
    patientCount: 1,
    positionOrd: Float32Array.from(ids, (_, row) => (row + 1) / rows),
    tableRows: Uint32Array.from(ids.keys()),
  };
}
