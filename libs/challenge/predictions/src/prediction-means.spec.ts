import { LABELS } from '@ichor/tables';
import { expect, it } from 'vitest';
import { meanOfSets, PredictionMeans } from './prediction-means.js';

const same = (...values: number[]) => LABELS.map(() => Float64Array.from(values));

it('averages passes in any order, and leaves out slices that were not requested', () => {
  const means = new PredictionMeans(['x', 'y', 'z']);
  means.add({ ids: ['x', 'y', 'other'], probabilities: same(0.5, 1, 0.3), targets: same(1, 0, 1) });
  means.add({ ids: ['y', 'y'], probabilities: same(0.25, 0.25) });
  const { ids, probabilities, targets } = means.means();
  expect(ids).toEqual(['x', 'y', 'z']);
  // y: (1 + 0.25 + 0.25) / 3.
  expect(probabilities[5]).toEqual(Float64Array.of(0.5, 0.5, NaN));
  expect(targets[0]).toEqual(Float64Array.of(1, 0, NaN));
  expect(means.foreign).toBe(1);
  expect([0, 1, 2].map((row) => means.has(row))).toEqual([true, true, false]);
});

it('takes all slices, in the order of their first row', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `s${i}`);
  const means = new PredictionMeans();
  for (const id of ids)
    means.add({ ids: [id], probabilities: same(Number(id.slice(1)) / 5000), targets: same(1) });
  const set = means.means();
  expect(set.ids).toEqual(ids);
  expect(set.probabilities[2]).toEqual(Float64Array.from(ids, (_, i) => i / 5000));
  expect(set.targets[2]).toEqual(new Float64Array(5000).fill(1));
});

it('counts for each slice the sets that have it', () => {
  const { ids, probabilities } = meanOfSets([
    { ids: ['a', 'b'], probabilities: same(0.25, 0.5), targets: same(0, 1) },
    { ids: ['b', 'c'], probabilities: same(1, 0.125), targets: same(1, 0) },
  ]);
  expect(ids).toEqual(['a', 'b', 'c']);
  expect(probabilities[0]).toEqual(Float64Array.of(0.25, 0.75, 0.125));
});
