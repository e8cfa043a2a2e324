import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from './builder.js';

describe('NetworkBuilder', () => {
  it('gives a network that later calls do not change', () => {
    const builder = new NetworkBuilder('growing');
    const x = builder.input('image', [2]);
    builder.output('first', builder.linear(x, 'one', { inFeatures: 2, outFeatures: 1 }));
    const network = builder.build();
    const copy = structuredClone(network);
    builder.output('second', builder.linear(x, 'two', { inFeatures: 2, outFeatures: 1 }));
    expect(network).toEqual(copy);
    expect(Object.keys(builder.build().outputs)).toEqual(['first', 'second']);
  });

  it('refuses names that are taken, and groups that do not divide the channels', () => {
    const builder = new NetworkBuilder('twice');
    const x = builder.input('image', [3, null, null]);
    builder.output('maps', x);
    expect(() => builder.output('maps', x)).toThrow('twice has the output maps already');
    builder.batchNorm(x, 'norm', { channels: 3 });
    expect(() => builder.batchNorm(x, 'norm', { channels: 3 })).toThrow('twice names norm.weight twice');
    expect(() => builder.conv2d(x, 'conv', { inChannels: 3, outChannels: 4, kernel: 1, groups: 2 })).toThrow(
      'conv: 3 input and 4 output channels cannot be split into 2 groups',
    );
  });
});
