import { RandomStream } from '@ichor/files/random';
import { describe, expect, it } from 'vitest';
import { microBatchSizes } from './micro-batches.js';
import { applyMix, drawMix } from './mixup.js';

describe('mixup', () => {
  it('mixes each sample with its partner', () => {
    const output = new Float32Array(6);
    const partner = Int32Array.of(2, 0, 1);
    applyMix({ lambda: 0.75, partner }, Float32Array.of(1, 10, 2, 20, 3, 30), output, 2);
    // 0.75 x 1 + 0.25 x 3, and so on.
    expect([...output]).toEqual([1.5, 15, 1.75, 17.5, 2.75, 27.5]);
  });

  it('draws lambda from Beta(0.3, 0.3), in two batches of five', () => {
    const draws = Array.from({ length: 4000 }, (_, i) =>
      drawMix({ probability: 0.4, alpha: 0.3 }, 16, new RandomStream('mixup', i)),
    ).filter((mix) => mix !== undefined);
    // Standard deviation 31.
    expect(Math.abs(draws.length - 1600)).toBeLessThan(130);
    const lambdas = draws.map(({ lambda }) => lambda);
    const mean = lambdas.reduce((sum, x) => sum + x, 0) / lambdas.length;
    const variance = lambdas.reduce((sum, x) => sum + (x - mean) ** 2, 0) / lambdas.length;
    // Mean 1/2, variance 1 / (4 (2 alpha + 1)) = 0.15625; standard errors 0.01 and 0.003.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
    expect(Math.abs(variance - 0.15625)).toBeLessThan(0.012);
  });
});

describe('microBatchSizes', () => {
  it.each([
    [16, 16, [16]],
    [16, 4, [4, 4, 4, 4]],
    [13, 4, [4, 3, 3, 3]],
    [5, 8, [5]],
    [17, 16, [9, 8]],
  ])('cuts %d into pieces of at most %d', (samples, largest, sizes) => {
    expect(microBatchSizes(samples, largest)).toEqual(sizes);
  });
});
