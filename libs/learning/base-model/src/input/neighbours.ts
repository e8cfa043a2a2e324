import { present } from '@ichor/files/present';

/**
 * The slices of a series that the network sees together with one of them, from below to above: so many on either side.
 * At the edges the slice at the edge repeats, so that the slice itself is always in the middle.
 *
 * @param series slices in the order of their positions
 * @param place of the slice in the series
 * @param neighbours on either side, the setting of that name
 */
export function withNeighbours<Slice>(series: readonly Slice[], place: number, neighbours: number): Slice[] {
  return Array.from({ length: 2 * neighbours + 1 }, (_, i) => {
    const other = Math.min(Math.max(place - neighbours + i, 0), series.length - 1);
    return present(series[other]);
  });
}
