/** What orders the slices of a head. */
export interface SliceOrder {
  readonly ID: readonly string[];
  readonly StudyInstanceUID: readonly string[];
  readonly SeriesInstanceUID: readonly string[];
  /** mm */
  readonly Position3: Float64Array;
}

/**
 * For each slice itself and `count` slices on either side in its series, ordered by position. At the edges
 * the slice at the edge repeats, so that the slice itself is always in the middle.
 */
export function sliceStacks(order: SliceOrder, count: number): string[][] {
  const { ID, StudyInstanceUID, SeriesInstanceUID, Position3 } = order;
  if (count === 0) return ID.map((id) => [id]);
  const series = new Map<string, number[]>();
  ID.forEach((_, row) => {
    const key = `${StudyInstanceUID[row]!}\u0000${SeriesInstanceUID[row]!}`;
    const rows = series.get(key);
    if (rows === undefined) series.set(key, [row]);
    else rows.push(row);
  });
  const stacks = new Array<string[]>(ID.length);
  for (const rows of series.values()) {
    rows.sort((a, b) => Position3[a]! - Position3[b]! || (ID[a]! < ID[b]! ? -1 : 1));
    rows.forEach((row, place) => {
      stacks[row] = Array.from({ length: 2 * count + 1 }, (_, i) => {
        const neighbour = Math.min(Math.max(place - count + i, 0), rows.length - 1);
        return ID[rows[neighbour]!]!;
      });
    });
  }
  return stacks;
}
