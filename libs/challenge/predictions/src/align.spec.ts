import { LABELS } from '@ichor/tables';
import { expect, it } from 'vitest';
import { alignPredictions } from './align.js';

const same = (...values: number[]) => LABELS.map(() => Float32Array.from(values));

it('gives a slice that one model lacks the mean of the others, and counts it', () => {
  const aligned = alignPredictions(['a', 'b', 'c'], [same(0.5, NaN), same(0.25, 0.5), same(0, 1)]);
  expect(aligned.columns[0]?.[3]).toEqual(Float32Array.of(0.5, 0.75));
  expect(aligned.filled).toEqual({ a: 1, b: 0, c: 0 });
  // Clipped away from 0; 1 - 1e-15 rounds to 1 in float32.
  expect(aligned.columns[2]?.[0]).toEqual(Float32Array.of(1e-15, 1));
});
