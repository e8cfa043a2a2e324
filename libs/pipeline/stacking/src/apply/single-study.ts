import type { OrderedSlices } from '../slices/ordered-slices.js';

/**
 * The slices of one study by itself, from the feet to the head. Statistics over the patient are then those over
 * the study: earlier studies of the patient are not known.
 *
 * @param positions of the slices along the axis of the body, mm; NaN where they are not known. Default: none is known
 */
export function singleStudy(ids: readonly string[], positions?: Float64Array): OrderedSlices {
  const rows = ids.length;
  return {
    rows,
    ids,
    starts: Uint32Array.of(0, rows),
    patients: new Uint32Array(rows),
    patientCount: 1,
    positionOrd: Float32Array.from(ids, (_, row) => (row + 1) / rows),
    positions: positions ?? new Float64Array(rows).fill(NaN),
    tableRows: Uint32Array.from(ids.keys()),
  };
}
