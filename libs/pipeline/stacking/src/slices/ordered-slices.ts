import { seriesOrder } from '@ichor/dataset';
import { present } from '@ichor/files';
import { LABELS, type Label } from '@ichor/tables';

/** What is needed of a data set table; row i of every column is one slice. */
export interface SliceColumns {
  readonly ID: readonly string[];
  readonly PatientID: readonly string[];
  readonly StudyInstanceUID: readonly string[];
  readonly SeriesInstanceUID: readonly string[];
  /** ImagePositionPatient[2], mm. */
  readonly Position3: Float64Array;
  /** Rank of the position in the series / slices of the series. */
  readonly PositionOrd: Float64Array;
}

/**
 * Slices sorted by study, series and position, so that neighbours in the head are neighbours in memory.
 *
 * "Study" in the names of the features means a series of a study. Where a study has several, the windows of one never
 * reach into another.
 */
export interface OrderedSlices {
  readonly rows: number;
  readonly ids: readonly string[];
  /** Series k is the rows starts[k] to starts[k + 1]; the last entry is `rows`. */
  readonly starts: Uint32Array;
  /** Number of the patient of each row, from 0. */
  readonly patients: Uint32Array;
  readonly patientCount: number;
  readonly positionOrd: Float32Array;
  /** Along the axis of the body, mm; NaN where it is not known. */
  readonly positions: Float64Array;
  /** Row of the table that each row came from. */
  readonly tableRows: Uint32Array;
}

/** @param keep rows of the table to keep; default all */
export function orderSlices(table: SliceColumns, keep?: (row: number) => boolean): OrderedSlices {
  const kept = Uint32Array.from(table.ID.keys()).filter((row) => keep?.(row) ?? true);
  const pick = <T>(values: ArrayLike<T>): T[] => Array.from(kept, (row) => present(values[row]));
  const ids = pick(table.ID);
  const { order, starts } = seriesOrder({
    ID: ids,
    StudyInstanceUID: pick(table.StudyInstanceUID),
    SeriesInstanceUID: pick(table.SeriesInstanceUID),
    Position3: Float64Array.from(kept, (row) => table.Position3[row]!),
  });
  const tableRows = Uint32Array.from(order, (row) => kept[row]!);
  const numbers = new Map<string, number>();
  const patients = Uint32Array.from(tableRows, (row) => {
    const id = present(table.PatientID[row]);
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
  return {
    rows: order.length,
    ids: Array.from(order, (row) => present(ids[row])),
    starts,
    patients,
    patientCount: numbers.size,
    positionOrd: Float32Array.from(tableRows, (row) => table.PositionOrd[row]!),
    positions: Float64Array.from(tableRows, (row) => table.Position3[row]!),
    tableRows,
  };
}

/** Hard targets of the ordered rows, one column a label: soft values below 0.5 count as 0 (section 9). */
export function hardTargetColumns(
  slices: OrderedSlices,
  targets: Readonly<Record<`target_${Label}`, Float32Array>>,
): Float32Array[] {
  return LABELS.map((label) => {
    const column = targets[`target_${label}`];
    return Float32Array.from(slices.tableRows, (row) => {
      const target = column[row]!;
      return Number.isNaN(target) ? NaN : target >= 0.5 ? 1 : 0;
    });
  });
}

/** Some of the rows, in the same order; stacks that lose all their slices go. */
export function selectSlices(
  slices: OrderedSlices,
  keep: (row: number) => boolean,
): { readonly slices: OrderedSlices; readonly rows: Uint32Array } {
  const kept: number[] = [];
  const starts = [0];
  for (let k = 0; k + 1 < slices.starts.length; k++) {
    for (let row = slices.starts[k]!; row < slices.starts[k + 1]!; row++) if (keep(row)) kept.push(row);
    if (kept.length > present(starts.at(-1))) starts.push(kept.length);
  }
  const rows = Uint32Array.from(kept);
  return {
    rows,
    slices: {
      rows: rows.length,
      ids: kept.map((row) => present(slices.ids[row])),
      starts: Uint32Array.from(starts),
      patients: rows.map((row) => slices.patients[row]!),
      patientCount: slices.patientCount,
      positionOrd: Float32Array.from(rows, (row) => slices.positionOrd[row]!),
      positions: Float64Array.from(rows, (row) => slices.positions[row]!),
      tableRows: rows.map((row) => slices.tableRows[row]!),
    },
  };
}
