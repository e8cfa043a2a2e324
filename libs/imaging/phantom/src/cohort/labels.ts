import { BLEED_KINDS, type BleedKind } from '../bleeds/bleed.js';

/** A slice is positive for a kind when at least this much of it is visible, mm². */
export const VISIBLE_AREA = 25;

/** One slice of the set, as the label files need it. */
export interface SliceRecord {
  readonly id: string;
  /** Visible area in mm², in the order of BLEED_KINDS. */
  readonly areas: readonly number[];
}

/** Kinds that a slice shows. */
export function visibleKinds(areas: readonly number[]): BleedKind[] {
  return BLEED_KINDS.filter((_, k) => (areas[k] ?? 0) >= VISIBLE_AREA);
}

const HEADER = 'ID,Label\n';

/** Six rows of a slice: the five kinds, then `any`. */
function rowsOf({ id, areas }: SliceRecord): string {
  const labels = areas.map((area) => (area >= VISIBLE_AREA ? 1 : 0));
  const any = labels.includes(1) ? 1 : 0;
  return BLEED_KINDS.map((kind, k) => `${id}_${kind},${labels[k] ?? 0}\n`).join('') + `${id}_any,${any}\n`;
}

/** The label file, sorted by ID. With `repeat`, the rows of so many slices come twice, as in the original. */
export function labelsCsv(records: readonly SliceRecord[], repeat = 0): string {
  const sorted = sortById(records);
  const stride = Math.max(1, Math.floor(sorted.length / (repeat + 1)));
  const rows = sorted.map((record, i) => {
    const previous = sorted[i - 3];
    const isRepeated = previous !== undefined && i % stride === 0 && i / stride <= repeat;
    return rowsOf(record) + (isRepeated ? rowsOf(previous) : '');
  });
  return HEADER + rows.join('');
}

/** The sample submission: one half everywhere. */
export function sampleSubmissionCsv(records: readonly SliceRecord[]): string {
  const rows = sortById(records).map(({ id }) =>
    [...BLEED_KINDS, 'any'].map((label) => `${id}_${label},0.5\n`).join(''),
  );
  return HEADER + rows.join('');
}

/** Visible areas from which the labels follow, mm². */
export function areasCsv(records: readonly SliceRecord[]): string {
  const rows = sortById(records).map(
    ({ id, areas }) => `${id},${areas.map((a) => a.toFixed(1)).join(',')}\n`,
  );
  return `ID,${BLEED_KINDS.map((kind) => `${kind}_mm2`).join(',')}\n${rows.join('')}`;
}

function sortById(records: readonly SliceRecord[]): SliceRecord[] {
  return [...records].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
