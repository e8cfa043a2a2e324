import { expect, it } from 'vitest';
import { withNeighbours } from './neighbours.js';

it('repeats the slice at the edge of the series', () => {
  const series = ['a', 'b', 'c', 'd'];
  expect(withNeighbours(series, 1, 0)).toEqual(['b']);
  expect(withNeighbours(series, 1, 1)).toEqual(['a', 'b', 'c']);
  expect(withNeighbours(series, 0, 2)).toEqual(['a', 'a', 'a', 'b', 'c']);
  expect(withNeighbours(series, 3, 1)).toEqual(['c', 'd', 'd']);
  expect(withNeighbours(['only'], 0, 1)).toEqual(['only', 'only', 'only']);
});
