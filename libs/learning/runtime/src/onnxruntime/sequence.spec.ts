import { readFileSync } from 'node:fs';
import { NetworkBuilder, type Network, type StateDict, type Tensor } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';

/*
 * Oracle: PyTorch in double precision (fixtures/make_sequence.py; the file names the version). Ours is float32 over
 * five steps of two layers: relative errors stay under 5e-6 of the largest value of a tensor.
 */
const TOLERANCE = 5e-6;
const [STEPS, FEATURES, HIDDEN] = [5, 4, 3];

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

interface Fixture {
  readonly sequence: Values;
  readonly lengths: number[];
  readonly targets: Values;
  readonly state: Record<string, Values>;
  readonly logits: Values;
  readonly loss: number;
  readonly gradients: Record<string, Values>;
}

const fixtures = JSON.parse(
  readFileSync(new URL('./fixtures/sequence.json', import.meta.url), 'utf8'),
) as Record<'gru' | 'lstm', Fixture>;

const tensor = ({ shape, data }: Values): Tensor => ({ shape, data: Float32Array.from(data) });

/** Layer norm, linear, GELU, two recurrent layers in both directions, attention: the module `Model` of the script. */
function model(kind: 'gru' | 'lstm'): Network {
  const b = new NetworkBuilder(kind);
  let x = b.input('sequence', [null, FEATURES]);
  const mask = b.input('mask', [null]);
  x = b.layerNorm(x, 'norm', { channels: FEATURES });
  x = b.gelu(b.linear(x, 'before', { inFeatures: FEATURES, outFeatures: FEATURES, sequence: true }));
  for (const layer of [0, 1]) {
    const inFeatures = layer === 0 ? FEATURES : 2 * HIDDEN;
    x = b[kind](x, mask, 'rnn', { inFeatures, hidden: HIDDEN, bidirectional: true, layer });
  }
  const linear = (path: string) =>
    b.linear(x, path, { inFeatures: 2 * HIDDEN, outFeatures: 2, sequence: true });
  const weights = b.maskedSoftmax(b.tanh(linear('score')), mask);
  b.output('logits', b.sequenceSum(b.mul(weights, linear('head'))));
  return b.build();
}

/** @param floor smallest scale: the gradient of a bias before a softmax nearly cancels */
function worst(actual: Tensor | undefined, expected: Values, floor = 0): number {
  const scale = Math.max(floor, ...expected.data.map(Math.abs));
  return Math.max(...expected.data.map((value, i) => Math.abs((actual?.data[i] ?? NaN) - value) / scale));
}

describe.each(['gru', 'lstm'] as const)('%s on padded sequences', (kind) => {
  const fixture = fixtures[kind];
  const network = model(kind);
  const state: StateDict = new Map(
    network.parameters.map(({ name }) => [name, tensor(fixture.state[name] ?? { shape: [], data: [] })]),
  );
  const mask = new Float32Array(fixture.lengths.length * STEPS);
  fixture.lengths.forEach((length, n) => mask.fill(1, n * STEPS, n * STEPS + length));
  const inputs = {
    sequence: tensor(fixture.sequence),
    mask: { shape: [fixture.lengths.length, STEPS], data: mask },
  };

  it('has the parameters of PyTorch, by name', () => {
    expect(network.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(fixture.state).sort());
  });

  it('gives the logits of PyTorch', async () => {
    const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
    const session = await engine.inference(network, state);
    const { logits } = await session.run(inputs);
    await session.dispose();
    expect(worst(logits, fixture.logits)).toBeLessThan(TOLERANCE);
  });

  it('gives the loss and the gradients of PyTorch', async () => {
    const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
    const session = await engine.training(network, state, {
      loss: { kind: 'bce' },
      optimizer: { kind: 'sgd' },
    });
    const { loss, gradients } = await session.gradients({ inputs, targets: tensor(fixture.targets) });
    await session.dispose();
    expect(Math.abs(loss - fixture.loss)).toBeLessThan(TOLERANCE);
    const largest = Math.max(...Object.values(fixture.gradients).flatMap(({ data }) => data.map(Math.abs)));
    for (const [name, expected] of Object.entries(fixture.gradients)) {
      expect(worst(gradients.get(name), expected, largest / 10), name).toBeLessThan(TOLERANCE);
    }
  });

  it('sums weighted elements', async () => {
    const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
    const session = await engine.training(network, state, {
      loss: { kind: 'bce', weighted: true },
      optimizer: { kind: 'sgd' },
    });
    // Weights of 1/6 on all 3 x 2 elements are the mean; on two of them they are that part of the sum.
    const part = [0, 3];
    const weights = {
      shape: [3, 2],
      data: Float32Array.from({ length: 6 }, (_, i) => (part.includes(i) ? 0.5 : 0)),
    };
    const { loss } = await session.gradients({ inputs, targets: tensor(fixture.targets), weights });
    await session.dispose();
    const element = (i: number) => {
      const [x = NaN, t = NaN] = [fixture.logits.data[i], fixture.targets.data[i]];
      return Math.log1p(Math.exp(x)) - t * x;
    };
    expect(Math.abs(loss - part.reduce((sum, i) => sum + 0.5 * element(i), 0))).toBeLessThan(TOLERANCE);
  });
});
