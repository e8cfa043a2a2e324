import { NetworkBuilder, type Network, type Tensor } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { describeMatch, matchWeights } from './match.js';

/** conv (channels -> 2, 1x2) -> batch norm -> pool -> linear (2 -> classes) */
function network(channels: number, classes: number): Network {
  const builder = new NetworkBuilder('tiny');
  let x = builder.input('image', [channels, null, null]);
  x = builder.conv2d(x, 'conv', { inChannels: channels, outChannels: 2, kernel: [1, 2] });
  x = builder.batchNorm(x, 'norm', { channels: 2 });
  x = builder.flatten(builder.globalAvgPool(x));
  builder.output('features', x);
  builder.output('logits', builder.linear(x, 'last_linear', { inFeatures: 2, outFeatures: classes }));
  return builder.build();
}

function filled(shape: number[], start: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => start + i) };
}

const published = new Map([
  ['conv.weight', filled([2, 3, 1, 2], 0)],
  ['norm.weight', filled([2], 100)],
  ['norm.bias', filled([2], 110)],
  ['norm.running_mean', filled([2], 120)],
  ['norm.running_var', filled([2], 130)],
  ['norm.num_batches_tracked', filled([], 7)],
  ['last_linear.weight', filled([5, 2], 200)],
  ['last_linear.bias', filled([5], 300)],
]);

const initial = (made: Network) =>
  new Map(made.parameters.map(({ name, shape }) => [name, filled([...shape], -1000)]));

describe('matchWeights', () => {
  it('takes all of a checkpoint of the same network', () => {
    const { state, report } = matchWeights(network(3, 5), published, { strict: true });
    expect(report).toEqual({
      matched: network(3, 5).parameters.map(({ name }) => name),
      adapted: [],
      replaced: [],
      missing: [],
      dropped: [],
    });
    expect(state.get('last_linear.bias')?.data).toEqual(Float32Array.of(300, 301, 302, 303, 304));
  });

  it('keeps the initial classifier where the number of classes differs', () => {
    const made = network(3, 6);
    const { state, report } = matchWeights(made, published, { initial: initial(made) });
    expect(report.replaced).toEqual([
      { name: 'last_linear.weight', found: [5, 2], expected: [6, 2] },
      { name: 'last_linear.bias', found: [5], expected: [6] },
    ]);
    expect(state.get('last_linear.bias')?.data[0]).toBe(-1000);
    expect(state.size).toBe(made.parameters.length);
    expect(describeMatch(report)).toBe(
      '5 tensors matched; classifier of 5 classes replaced by initial values',
    );
  });

  it('reports a missing classifier and tensors without a parameter', () => {
    const made = network(3, 6);
    const tensors = new Map([...published].filter(([name]) => !name.startsWith('last_linear')));
    tensors.set('aux.weight', filled([1], 0));
    const { report } = matchWeights(made, tensors, { initial: initial(made) });
    expect(report.missing).toEqual(['last_linear.weight', 'last_linear.bias']);
    expect(report.dropped).toEqual(['aux.weight']);
    expect(() => matchWeights(made, tensors, { strict: true })).toThrow('2 parameters of tiny are missing');
  });

  it('repeats the first convolution over nine channels, as it is or scaled', () => {
    const made = network(9, 5);
    const repeated = matchWeights(made, published);
    // Output channel 0 holds 0..5 for three input channels: three times the same for nine.
    const once = [0, 1, 2, 3, 4, 5];
    const row = [...once, ...once, ...once];
    expect([...(repeated.state.get('conv.weight')?.data ?? [])].slice(0, 18)).toEqual(row);
    expect(repeated.report.adapted).toEqual([
      { name: 'conv.weight', from: [2, 3, 1, 2], to: [2, 9, 1, 2], how: 'channels repeated' },
    ]);
    const scaled = matchWeights(made, published, { channels: 'repeat-scaled' });
    expect([...(scaled.state.get('conv.weight')?.data ?? [])].slice(0, 18)).toEqual(
      row.map((value) => Math.fround(value * (3 / 9))),
    );
    expect(() => matchWeights(made, published, { channels: 'refuse' })).toThrow('[2,9,1,2]');
  });

  it('takes the first channels where there are fewer', () => {
    const { state } = matchWeights(network(1, 5), published);
    expect([...(state.get('conv.weight')?.data ?? [])]).toEqual([0, 1, 6, 7]);
  });

  it('takes matrices for pointwise layers', () => {
    const flat = new Map(published).set('last_linear.weight', filled([5, 2, 1, 1], 200));
    const { report } = matchWeights(network(3, 5), flat, { strict: true });
    expect(report.adapted[0]?.how).toBe('reshaped');
  });

  it('refuses another network: shapes inside, or no name in common', () => {
    const wrong = new Map(published).set('norm.bias', filled([4], 0));
    expect(() => matchWeights(network(3, 5), wrong, { file: 'x.pth' })).toThrow(
      'x.pth: norm.bias of tiny has the shape [2], the file has [4]',
    );
    expect(() => matchWeights(network(3, 5), new Map([['a', filled([1], 0)]]))).toThrow(
      'no tensor has the name',
    );
  });

  it('knows the classifier by its name in the file, and dense layers by their old names', () => {
    const tensors = new Map(
      [...published].map(([name, tensor]) => [name.replace('last_linear', 'fc'), tensor]),
    );
    expect(
      matchWeights(network(3, 5), tensors, { classifier: 'fc', strict: true }).report.matched,
    ).toHaveLength(7);
    const builder = new NetworkBuilder('dense');
    const path = 'features.denseblock1.denselayer2';
    builder.output(
      'logits',
      builder.batchNorm(builder.input('image', [2]), `${path}.norm1`, { channels: 2 }),
    );
    const old = ['weight', 'bias', 'running_mean', 'running_var'].map(
      (role) => [`${path}.norm.1.${role}`, filled([2], 1)] as const,
    );
    expect(matchWeights(builder.build(), new Map(old), { strict: true }).report.matched).toHaveLength(4);
    // A rule of the caller sees the new names.
    const seen: string[] = [];
    matchWeights(builder.build(), new Map(old), { rename: (name) => (seen.push(name), name) });
    expect(seen[0]).toBe(`${path}.norm1.weight`);
  });

  it('renames and drops by rule', () => {
    const tensors = new Map([...published].map(([name, tensor]) => [`backbone.${name}`, tensor]));
    tensors.set('decoder.weight', filled([1], 0));
    const { report } = matchWeights(network(3, 5), tensors, {
      rename: (name) => (name.startsWith('backbone.') ? name.slice(9) : undefined),
    });
    expect(report.matched).toHaveLength(7);
    expect(report.dropped).toEqual(['decoder.weight']);
  });
});
