import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from './builder.js';
import { identityStart } from './identity-start.js';
import type { Network } from './network.js';

/** A residual block as in squeeze-and-excitation networks, then one as in Inception-ResNet, then a classifier. */
function network(): Network {
  const b = new NetworkBuilder('residual');
  const image = b.input('image', [4, null, null]);
  const square = { inChannels: 4, outChannels: 4, kernel: 1 } as const;
  const normed = b.batchNorm(b.conv2d(image, 'a.conv', square), 'a.norm', { channels: 4 });
  const gate = b.sigmoid(b.conv2d(b.globalAvgPool(normed), 'a.gate', { ...square, bias: true }));
  const projected = b.batchNorm(b.conv2d(image, 'a.skip', square), 'a.skipnorm', { channels: 4 });
  const first = b.add(b.dropConnect(b.mul(normed, gate), 0.1), projected);
  const branch = b.scale(b.conv2d(b.relu(first), 'b.conv', { ...square, bias: true }), 0.17);
  const second = b.add(branch, first);
  const hidden = b.linear(b.flatten(b.globalAvgPool(second)), 'hidden', { inFeatures: 4, outFeatures: 4 });
  b.output('logits', b.linear(hidden, 'head', { inFeatures: 4, outFeatures: 2 }));
  return b.build();
}

describe('identityStart', () => {
  it('is zero where branches end, and leaves skips, gates and everything before the end alone', () => {
    const start = identityStart(network());
    expect([...start.keys()]).toEqual(['a.norm.weight', 'b.conv.weight', 'b.conv.bias', 'head.weight']);
    for (const { shape, data } of start.values()) {
      expect(data).toEqual(new Float32Array(shape.reduce((product, size) => product * size, 1)));
    }
  });

  it('takes another output for the logits', () => {
    expect(identityStart(network(), 'none').has('head.weight')).toBe(false);
  });
});
