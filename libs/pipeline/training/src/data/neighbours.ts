import { withNeighbours } from '@ichor/base-model';

/** What orders the slices of a head. */
export interface SliceOrder {
  readonly ID: readonly string[];
  readonly StudyInstanceUID: readonly string[];
  readonly SeriesInstanceUID: readonly string[];
  /** mm */
  readonly Position3: Float64Array;
}

/** For each slice the slices of its series that the network sees together, ordered by position; see `withNeighbours`. */
export function idsWithNeighbours(order: SliceOrder, neighbours: number): string[][] {
  const { ID, StudyInstanceUID, SeriesInstanceUID, Position3 } = order;
  if (neighbours === 0) return ID.map((id) => [id]);
  const series = new Map<string, number[]>();
  ID.forEach((_, row) => {
    const key = `${StudyInstanceUID[row]!}\u0000${SeriesInstanceUID[row]!}`;
    const rows = series.get(key);
    if (rows === undefined) series.set(key, [row]);
    else rows.push(row);
  });
  const seen = new Array<string[]>(ID.length);
  for (const rows of series.values()) {
    rows.sort((a, b) => Position3[a]! - Position3[b]! || (ID[a]! < ID[b]! ? -1 : 1));
    rows.forEach((row, place) => {
      seen[row] = withNeighbours(rows, place, neighbours).map((other) => ID[other]!);
    });
  }
  return seen;
}
