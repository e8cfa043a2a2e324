import { tinyModel, tinyNetwork } from '@ichor/base-model/testing';
import { createEngine } from '@ichor/runtime';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTinySet } from '../testing/tiny-set.js';
import { findLearningRate, rangeOf, rateOf, smoothed } from './rate-range.js';

it('raises the rate by the same factor at each step', () => {
  [1e-4, 1e-3, 1e-2, 1e-1].forEach((rate, step) => expect(rateOf(step, 4, 1e-4, 1e-1)).toBeCloseTo(rate, 12));
});

it('smooths without a bias to 0', () => {
  expect(smoothed([3, 3, 3]).map((value) => value.toFixed(9))).toEqual(Array(3).fill('3.000000000'));
  // (0.9 * 0.1 * 1 + 0.1 * 2) / (1 - 0.81).
  expect(smoothed([1, 2])[1]).toBeCloseTo(0.29 / 0.19, 12);
});

it('suggests the rate of the steepest fall', () => {
  const rates = Array.from({ length: 60 }, (_, step) => step);
  // Level, down by 0.1 a step from step 30 to step 40, level, up. The mean lags: it falls fastest at the end of the fall.
  const losses = rates.map(
    (step) => 2 - 0.1 * Math.min(Math.max(step - 30, 0), 10) + (step > 50 ? step - 50 : 0),
  );
  const { suggestion } = rangeOf(rates, losses);
  expect(suggestion).toBeGreaterThanOrEqual(38);
  expect(suggestion).toBeLessThanOrEqual(41);
  expect(rangeOf(rates, rates).suggestion).toBeUndefined();
});

it('runs until the loss diverges, the same each time, and writes nothing', async () => {
  const set = await makeTinySet(5, 1);
  const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
  const options = { model: tinyModel(), fold: 0, engine, root: set.root, network: tinyNetwork(), workers: 0 };
  const range = await findLearningRate({ ...options, steps: 60, highest: 1e4 });
  expect(range.rates.length).toBeLessThan(60);
  expect(range.rates.length).toBeGreaterThan(20);
  expect(range.suggestion).toBeGreaterThan(1e-7);
  expect(await findLearningRate({ ...options, steps: 60, highest: 1e4 })).toEqual(range);
  expect(await readdir(join(set.root, 'intermediate_output'))).toEqual(['preprocessed_data']);
});
