import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../builder.js';
import type { ValueId } from '../network.js';
import type { Shape } from '../tensor.js';
import { inferShapes } from './infer.js';
import { poolSize, samePadding } from './window.js';

function shapeAfter(input: Shape, op: (b: NetworkBuilder, x: ValueId) => ValueId): Shape | undefined {
  const b = new NetworkBuilder('shapes');
  const y = op(b, b.input('x', input.slice(1)));
  return inferShapes(b.build(), { x: input }).get(y);
}

const image: Shape = [2, 6, 11, 8];

describe('inferShapes', () => {
  /* Oracle: the formulas of torch.nn (Conv2d, MaxPool2d) by hand. */
  it.each<[string, (b: NetworkBuilder, x: ValueId) => ValueId, Shape]>([
    [
      'convolution: floor((11 + 2 - 3) / 2) + 1, floor((8 + 2 - 3) / 2) + 1',
      (b, x) => b.conv2d(x, 'c', { inChannels: 6, outChannels: 4, kernel: 3, stride: 2, padding: 1 }),
      [2, 4, 6, 4],
    ],
    [
      'dilated 3x1: 11 - (2 * 3 + 1) + 1',
      (b, x) => b.conv2d(x, 'c', { inChannels: 6, outChannels: 4, kernel: [3, 1], dilation: [3, 1] }),
      [2, 4, 5, 8],
    ],
    [
      'same: ceil(11 / 2), ceil(8 / 2)',
      (b, x) =>
        b.conv2d(x, 'c', { inChannels: 6, outChannels: 6, kernel: 5, stride: 2, padding: 'same', groups: 6 }),
      [2, 6, 6, 4],
    ],
    ['pooling: floor((11 - 3) / 2) + 1', (b, x) => b.maxPool2d(x, { kernel: 3, stride: 2 }), [2, 6, 5, 3]],
    [
      'ceil mode: ceil((8 - 3) / 2) + 1',
      (b, x) => b.maxPool2d(x, { kernel: 3, stride: 2, ceilMode: true }),
      [2, 6, 5, 4],
    ],
    ['global pooling', (b, x) => b.globalAvgPool(x), [2, 6, 1, 1]],
    ['a factor per channel', (b, x) => b.mul(x, b.globalAvgPool(x)), image],
    ['concat', (b, x) => b.concat([x, b.relu(x), x]), [2, 18, 11, 8]],
    ['flatten', (b, x) => b.flatten(x), [2, 528]],
    ['linear', (b, x) => b.linear(b.flatten(x), 'l', { inFeatures: 528, outFeatures: 5 }), [2, 5]],
  ])('%s', (_name, op, expected) => {
    expect(shapeAfter(image, op)).toEqual(expected);
  });

  it.each<[string, (b: NetworkBuilder, x: ValueId) => ValueId, string]>([
    [
      'channels',
      (b, x) => b.conv2d(x, 'stem', { inChannels: 3, outChannels: 4, kernel: 1 }),
      'stem (conv2d) expects 3 channels, received [2, 6, 11, 8]',
    ],
    [
      'an image smaller than the kernel',
      (b, x) => b.conv2d(x, 'stem', { inChannels: 6, outChannels: 4, kernel: 12 }),
      'stem (conv2d) expects an image no smaller than its kernel [12, 12]',
    ],
    ['unequal summands', (b, x) => b.add(x, b.globalAvgPool(x), 'sum'), 'sum (add) expects two equal shapes'],
    [
      'features',
      (b, x) => b.linear(b.flatten(x), 'head', { inFeatures: 7, outFeatures: 1 }),
      'head (linear) expects [N, 7], received [2, 528]',
    ],
    [
      'maps given to linear',
      (b, x) => b.linear(x, 'head', { inFeatures: 6, outFeatures: 1 }),
      'head (linear)',
    ],
    ['batch norm', (b, x) => b.batchNorm(x, 'norm', { channels: 5 }), 'norm (batchNorm) expects [N, 5]'],
  ])('names the node and the sizes: %s', (_name, op, message) => {
    expect(() => shapeAfter(image, op)).toThrow(message);
  });

  it('checks the inputs', () => {
    const b = new NetworkBuilder('net');
    b.input('image', [3, null, null]);
    const network = b.build();
    expect(() => inferShapes(network, {})).toThrow('"image" expects [N, 3, any, any], received nothing');
    expect(() => inferShapes(network, { image: [1, 4, 5, 5] })).toThrow('received [1, 4, 5, 5]');
    expect(() => inferShapes(network, { image: [0, 3, 5, 5] })).toThrow('received [0, 3, 5, 5]');
  });
});

describe('samePadding', () => {
  /* max((ceil(n / s) - 1) s + k - n, 0), the smaller half first. */
  it.each([
    [7, 3, 2, 1, [1, 1]],
    [8, 3, 2, 1, [0, 1]],
    [8, 5, 2, 1, [1, 2]],
    [7, 1, 3, 1, [0, 0]],
    [6, 3, 1, 2, [2, 2]],
  ])('size %i, kernel %i, stride %i, dilation %i', (size, kernel, stride, dilation, expected) => {
    expect(samePadding(size, kernel, stride, dilation)).toEqual(expected);
  });
});

describe('poolSize', () => {
  it('drops a last window that would start beyond the image, as PyTorch does', () => {
    // Windows of 2 start at 0, 3, 6 and 9; there are 9 and 10 pixels.
    const padding = { top: 0, left: 0, bottom: 0, right: 0 };
    const pool = { kernel: [2, 2], stride: [3, 3], padding, ceilMode: true } as const;
    expect(poolSize([9, 10], pool)).toEqual([3, 4]);
    expect(poolSize([9, 10], { ...pool, ceilMode: false })).toEqual([3, 3]);
    // Padding before moves the start of the last window into the image, padding after does not.
    expect(poolSize([9, 9], { ...pool, padding: { top: 1, left: 0, bottom: 0, right: 3 } })).toEqual([4, 4]);
  });
});
