import { expect, it } from 'vitest';
import { orderSlices, selectSlices } from './ordered-slices.js';

const table = {
  ID: ['d', 'a', 'c', 'b', 'e'],
  PatientID: ['p2', 'p1', 'p2', 'p1', 'p1'],
  StudyInstanceUID: ['s2', 's1', 's2', 's1', 's1'],
  SeriesInstanceUID: ['x', 'x', 'x', 'x', 'y'],
  Position3: Float64Array.of(5, 20, 1, 10, 0),
  PositionOrd: Float64Array.of(1, 1, 0.5, 0.5, 1),
};

it('sorts by study, series and position, so that series stay apart', () => {
  const slices = orderSlices(table);
  expect(slices.ids).toEqual(['b', 'a', 'e', 'c', 'd']);
  expect([...slices.starts]).toEqual([0, 2, 3, 5]);
  expect([...slices.patients]).toEqual([0, 0, 0, 1, 1]);
  expect([...slices.tableRows]).toEqual([3, 1, 4, 2, 0]);
  expect([...slices.positionOrd]).toEqual([0.5, 1, 1, 0.5, 1]);
});

it('selects rows and closes the gaps', () => {
  const { slices, rows } = selectSlices(orderSlices(table), (row) => row !== 2 && row !== 4);
  expect([...rows]).toEqual([0, 1, 3]);
  expect(slices.ids).toEqual(['b', 'a', 'c']);
  expect([...slices.starts]).toEqual([0, 2, 3]);
});
