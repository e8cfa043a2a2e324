import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { foldCosts } from '@ichor/cluster';
import { estimateCost } from './cost.js';

it('is the table of docs/pipeline.md', () => {
  const page = readFileSync(new URL('../../../docs/pipeline.md', import.meta.url), 'utf8');
  const rows = [
    ...page.matchAll(
      /^\| `([\w-]+)` +\| [\w-]+ +\| \d+ +\| (\d+) +\| (\d+)[^|]*\|[^|]+\|[^|]+\| (\d+) +\|$/gm,
    ),
  ].map(([, name, epochs, operations, weights]) => [
    name,
    { operations: Number(operations), epochs: Number(epochs), weights: Number(weights) },
  ]);
  expect(Object.fromEntries(rows)).toEqual(foldCosts);
});

it('adds up what is left to do', () => {
  // xception: 51e15 operations and a fifth of it, half of the slices, 1e12 a second: 30,600 s; 83 MB for 3 epochs and a
  // checkpoint of 3.
  const steps = [
    'preprocess:preprocess',
    'xception:train-fold-0',
    'xception:predict-fold-0',
    'mine:train-fold-0',
  ];
  const { hours, disk, unknown } = estimateCost(steps, 752_803 / 2, 1e12);
  expect(hours).toBeCloseTo(8.5, 6);
  expect(disk).toBe(498e6);
  expect(unknown).toBe(2);
});
