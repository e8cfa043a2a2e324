import { expect, it } from 'vitest';
import { NetworkBuilder } from '../builder.js';
import { networkCost } from './cost.js';

it('counts what convolutions and dense layers multiply, and the numbers of values and parameters', () => {
  const b = new NetworkBuilder('small');
  const image = b.input('image', [3, null, null]);
  // 3 x 3, stride 2: 8 x 8 to 4 x 4 places, 3 * 4 * 9 weights each; then two groups.
  const x = b.conv2d(image, 'a', {
    inChannels: 3,
    outChannels: 4,
    kernel: 3,
    padding: 1,
    stride: 2,
    bias: false,
  });
  const y = b.conv2d(x, 'b', { inChannels: 4, outChannels: 4, kernel: 1, groups: 2, bias: true });
  b.output('logits', b.linear(b.flatten(b.globalAvgPool(b.relu(y))), 'c', { inFeatures: 4, outFeatures: 6 }));
  const cost = networkCost(b.build(), { image: [5, 3, 8, 8] });
  const perSample = 16 * (3 * 4 * 9) + 16 * (2 * 4) + 4 * 6;
  expect(cost.operations).toBe(2 * 5 * perSample);
  expect(cost.parameters).toBe(108 + 8 + 4 + 24 + 6);
  // Two convolutions and the relu; pooled and flat; the logits.
  expect(cost.activations).toBe(5 * (3 * 4 * 16 + 4 + 4 + 6));
});

it('counts a recurrent layer at every position', () => {
  const b = new NetworkBuilder('recurrent');
  const slices = b.input('slices', [null, 7]);
  const mask = b.input('mask', [null]);
  b.output('states', b.gru(slices, mask, 'gru', { inFeatures: 7, hidden: 3 }));
  // Three gates: 3 x 3 x 7 weights of the input and 3 x 3 x 3 of the state, at each of 5 positions of 2 series.
  expect(networkCost(b.build(), { slices: [2, 5, 7], mask: [2, 5] }).operations).toBe(2 * 2 * 5 * (63 + 27));
});
