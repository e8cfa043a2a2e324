import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '@ichor/nn';
import { bestPeaks, operationsOf, runOperations, shareOfPeak } from './peak.js';

it('gives the share of the peak that a small convolution reached, counted by hand', () => {
  const b = new NetworkBuilder('small');
  const image = b.input('image', [3, null, null]);
  const x = b.conv2d(image, 'conv', {
    inChannels: 3,
    outChannels: 4,
    kernel: 3,
    stride: 2,
    padding: 1,
    bias: false,
  });
  b.output('features', b.relu(x));
  const network = b.build();
  // 8 x 8 pixels become 4 x 4 places, with 3 * 3 * 3 * 4 = 108 products each: 1,728 for each of 5 images.
  expect(runOperations(network, [5, 3, 8, 8], 'infer')).toBe(2 * 5 * 1728);
  expect(runOperations(network, [5, 3, 8, 8], 'train')).toBe(6 * 5 * 1728);
  // 17,280 operations in 0.1 ms are 0.1728 GFLOP/s.
  expect(shareOfPeak(17_280, 0.1, { name: '', gigaflops: 0.5 })).toBeCloseTo(0.3456, 12);
  // The whole peak: 500 * 10^9 a second are 5 * 10^9 in 10 ms.
  expect(shareOfPeak(5e9, 10, { name: '', gigaflops: 500 })).toBeCloseTo(1, 12);
});

describe('operationsOf', () => {
  // Multiply-adds of one image of 224 x 224 pixels as published, in 10^9: Hu et al., Squeeze-and-Excitation Networks (2019),
  // tables 2 and 8; torchvision's table of weights. They have 1000 classes, which is less than a thousandth.
  it.each([
    ['se_resnext50_32x4d', 4.25],
    ['senet154', 20.7],
    ['densenet201', 4.29],
  ])('counts %s as published', (id, published) => {
    const batch = operationsOf({ id, mode: 'infer', size: 224 });
    expect(Math.abs(batch / (2 * 8 * 1e9 * published) - 1)).toBeLessThan(0.01);
    expect(operationsOf({ id, mode: 'train', size: 224 })).toBe(3 * batch);
  });
});

it('takes the best measurement of each operation, the best of all first', () => {
  expect(
    bestPeaks([
      { name: 'a', gigaflops: 90 },
      { name: 'b', gigaflops: 100 },
      { name: 'a', gigaflops: 120 },
      { name: 'b', gigaflops: 80 },
    ]),
  ).toEqual([
    { name: 'a', gigaflops: 120 },
    { name: 'b', gigaflops: 100 },
  ]);
});
