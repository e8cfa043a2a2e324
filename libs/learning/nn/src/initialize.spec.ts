import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from './builder.js';
import { initialize, initializeOnDemand } from './initialize.js';

function network(extra = false) {
  const b = new NetworkBuilder('net');
  let x = b.input('image', [8, null, null]);
  x = b.conv2d(x, 'conv', { inChannels: 8, outChannels: 64, kernel: 3, groups: 2, bias: true });
  if (extra) x = b.conv2d(x, 'extra', { inChannels: 64, outChannels: 64, kernel: 1 });
  x = b.flatten(b.globalAvgPool(b.batchNorm(x, 'norm', { channels: 64 })));
  b.output('logits', b.linear(x, 'head', { inFeatures: 64, outFeatures: 100 }));
  return b.build();
}

describe('initialize', () => {
  it.each([
    // Fan in of a grouped convolution: (8 / 2) * 3 * 3 = 36.
    ['conv.weight', 1 / 6],
    ['conv.bias', 1 / 6],
    ['head.weight', 1 / 8],
    ['head.bias', 1 / 8],
  ])('draws %s uniformly within 1 / sqrt(fan in)', (name, bound) => {
    const { data } = initialize(network(), 1).get(name)!;
    const largest = data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    // Of n uniform numbers the largest misses the bound by about bound / n.
    expect(largest).toBeGreaterThan(bound * (1 - 10 / data.length));
  });

  it('draws weights of convolutions six times as wide in variance for rectifiers, and nothing else', () => {
    const [pytorch, he] = [initialize(network(), 1), initializeOnDemand(network(), 1, new Map(), 'he')];
    const factors = (name: string) =>
      Array.from(he.get(name)!.data, (value, i) => value / pytorch.get(name)!.data[i]!);
    // Bounds sqrt(6 / fan) and 1 / sqrt(fan) over the same uniform numbers; single precision.
    for (const factor of factors('conv.weight')) expect(factor).toBeCloseTo(Math.sqrt(6), 5);
    for (const name of ['conv.bias', 'head.weight', 'head.bias'])
      expect(new Set(factors(name))).toEqual(new Set([1]));
  });

  it('starts batch norms as the identity', () => {
    const state = initialize(network(), 1);
    const all = (role: string) => new Set(state.get(`norm.${role}`)?.data);
    expect(all('weight')).toEqual(new Set([1]));
    expect(all('bias')).toEqual(new Set([0]));
    expect(all('running_mean')).toEqual(new Set([0]));
    expect(all('running_var')).toEqual(new Set([1]));
  });

  it('depends on the seed and on the name alone', () => {
    const [base, more] = [initialize(network(), 1), initialize(network(true), 1)];
    expect(initialize(network(), 1).get('head.weight')).toEqual(base.get('head.weight'));
    expect(more.get('head.weight')).toEqual(base.get('head.weight'));
    expect(initialize(network(), 2).get('head.weight')).not.toEqual(base.get('head.weight'));
  });
});

describe('initializeOnDemand', () => {
  it('is the same state, however it is read', () => {
    const state = initialize(network(), 3);
    const lazy = initializeOnDemand(network(), 3);
    expect(new Map(lazy)).toEqual(state);
    expect([
      lazy.size,
      [...lazy.keys()],
      lazy.has('conv.weight'),
      lazy.has('none'),
      lazy.get('none'),
    ]).toEqual([state.size, [...state.keys()], true, false, undefined]);
    const seen = new Map<string, unknown>();
    lazy.forEach((tensor, name) => seen.set(name, tensor));
    expect(seen).toEqual(state);
    expect([...lazy.values()]).toEqual([...state.values()]);
  });

  it('leaves a given tensor as it is', () => {
    const bias = { shape: [100], data: new Float32Array(100).fill(-2) };
    const lazy = initializeOnDemand(network(), 3, new Map([['head.bias', bias]]));
    expect(new Map(lazy)).toEqual(new Map(initialize(network(), 3)).set('head.bias', bias));
  });
});
