import { withNeighbours } from '@ichor/base-model';
import { eachSeries, seriesOrder, type SlicePositions } from '@ichor/dataset';
import { present } from '@ichor/files';

/** For each slice the slices of its series that the network sees together, ordered by position; see `withNeighbours`. */
export function idsWithNeighbours(positions: SlicePositions, neighbours: number): string[][] {
  const { ID } = positions;
  if (neighbours === 0) return ID.map((id) => [id]);
  const seen = new Array<string[]>(ID.length);
  for (const rows of eachSeries(seriesOrder(positions))) {
    const ids = Array.from(rows, (row) => present(ID[row]));
    rows.forEach((row, place) => (seen[row] = withNeighbours(ids, place, neighbours)));
  }
  return seen;
}
