import { present } from '@ichor/files/present';

/** Where each slice lies: row i of every column is one slice. */
export interface SlicePositions {
  readonly ID: readonly string[];
  readonly StudyInstanceUID: readonly string[];
  readonly SeriesInstanceUID: readonly string[];
  /** ImagePositionPatient[2], mm. */
  readonly Position3: Float64Array;
}

/**
 * Slices in anatomical order. In the challenge a study has one series. If it has several, each is ordered separately,
 * so that neighbours never come from another scan.
 */
export interface SeriesOrder {
  /** Rows sorted by study, series, position, identifier. */
  readonly order: Uint32Array;
  /** Series k is `order.subarray(starts[k], starts[k + 1])`; the last entry is the number of rows. */
  readonly starts: Uint32Array;
}

/** Sorts the slices into their series. */
export function seriesOrder({
  ID,
  StudyInstanceUID,
  SeriesInstanceUID,
  Position3,
}: SlicePositions): SeriesOrder {
  const rows = ID.length;
  const members = new Map<string, Map<string, number[]>>();
  for (let row = 0; row < rows; row++) {
    const study = entry(members, present(StudyInstanceUID[row]), () => new Map<string, number[]>());
    entry(study, present(SeriesInstanceUID[row]), (): number[] => []).push(row);
  }
  const order = new Uint32Array(rows);
  const starts: number[] = [];
  let at = 0;
  for (const study of sorted(members)) {
    for (const slices of sorted(study)) {
      starts.push(at);
      slices.sort((a, b) => Position3[a]! - Position3[b]! || (present(ID[a]) < present(ID[b]) ? -1 : 1));
      order.set(slices, at);
      at += slices.length;
    }
  }
  starts.push(rows);
  return { order, starts: Uint32Array.from(starts) };
}

/** The rows of each series, in order. */
export function* eachSeries({ order, starts }: SeriesOrder): Generator<Uint32Array> {
  for (let k = 0; k + 1 < starts.length; k++) yield order.subarray(starts[k], starts[k + 1]);
}

/** Rank of each slice in its series (from 1; equal positions share their average rank) / slices of the series. */
export function positionOrd(order: SeriesOrder, positions: Float64Array): Float64Array {
  const ranks = new Float64Array(positions.length);
  for (const series of eachSeries(order)) {
    for (let from = 0; from < series.length;) {
      let to = from + 1;
      while (to < series.length && positions[series[to]!] === positions[series[from]!]) to++;
      // Ranks from + 1 .. to, on average:
      for (let i = from; i < to; i++) ranks[series[i]!] = (from + 1 + to) / 2 / series.length;
      from = to;
    }
  }
  return ranks;
}

/** Values of the slices before and after each slice in its series; `edge` at the ends. */
export function neighbours<T>(order: SeriesOrder, values: readonly T[], edge: T): { left: T[]; right: T[] } {
  const left = new Array<T>(values.length).fill(edge);
  const right = new Array<T>(values.length).fill(edge);
  for (const series of eachSeries(order)) {
    for (let i = 1; i < series.length; i++) {
      left[series[i]!] = present(values[series[i - 1]!]);
      right[series[i - 1]!] = present(values[series[i]!]);
    }
  }
  return { left, right };
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function sorted<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
