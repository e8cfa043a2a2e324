import { initialize } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { cnnStacking1, cnnStacking2 } from '../networks/convolutions.js';
import { denseNetwork } from '../networks/dense.js';
import { initialState } from './initial-state.js';

const targets = [Float32Array.of(0, 0, 0, 1), Float32Array.of(1, 1, 0, 0), new Float32Array(4)];
const columns = (classes: number) => Array.from({ length: classes }, (_, i) => targets[i % targets.length]!);
const networks = [
  { network: cnnStacking1({ models: 8, features: 1 }), classes: 6, bias: 'fc2.bias' },
  { network: cnnStacking2({ models: 7, features: 6 }), classes: 6, bias: 'fc2.bias' },
  { network: denseNetwork(5, [4, 3], 0.1), classes: 1, bias: 'fc3.bias' },
];

describe('initialState', () => {
  it.each(networks)(
    'starts the last bias of $network.name at the label frequencies',
    ({ network, ...one }) => {
      const state = initialState(network, columns(one.classes), 3, 'frequencies');
      // Log-odds of 1/4, 1/2 and, never seen, of 0.001.
      const expected = [-Math.log(3), 0, -Math.log(999)];
      const bias = state.get(one.bias)?.data ?? new Float32Array();
      expect([...bias]).toEqual(
        Array.from({ length: one.classes }, (_, i) => expect.closeTo(expected[i % 3]!, 5)),
      );
      const drawn = initialize(network, 3);
      expect(new Map(state).set(one.bias, drawn.get(one.bias)!)).toEqual(drawn);
    },
  );

  it('draws it otherwise', () => {
    const { network } = networks[2]!;
    expect(new Map(initialState(network, columns(1), 3, 'random'))).toEqual(initialize(network, 3));
  });
});
