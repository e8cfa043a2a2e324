import {
  NetworkBuilder,
  inferShapes,
  initialize,
  isLearned,
  type Network,
  type OpName,
  type Tensor,
  type ValueId,
} from '@ichor/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch, Engine, Loss, TrainingOptions } from '../engine.js';
import { createEngine } from '../create-engine.js';
import { loadTensorFlow, tfjsProviders } from './tensorflow.js';

/**
 * Oracle: the onnxruntime engine, whose gradients are written by hand in `@ichor/nn`; these come from the
 * automatic differentiation of TensorFlow.js. Two independent derivations, both in single precision.
 * Tolerance: 2e-5 of the largest magnitude of a tensor, some fifty roundings of the sums involved.
 */
const TOLERANCE = 2e-5;
const CHANNELS = 6;
const CLASSES = 3;
const STEPS = 6;

/** Adds what is tested to a map of 6 channels, 7 x 9 pixels, of a batch of 3. */
interface Case {
  readonly name: string;
  readonly channels?: number;
  readonly build: (b: NetworkBuilder, x: ValueId) => ValueId;
}

/** Adds what is tested to a sequence of 6 steps of 6 numbers, of a batch of 3 with 6, 4 and 2 steps. */
interface SequenceCase {
  readonly name: string;
  readonly sequence: (b: NetworkBuilder, x: ValueId, mask: ValueId) => ValueId;
}

const conv = (
  name: string,
  channels: number,
  options: Omit<Parameters<NetworkBuilder['conv2d']>[2], 'inChannels' | 'outChannels'>,
): Case => ({
  name,
  channels,
  build: (b, x) => b.conv2d(x, 'tested', { inChannels: CHANNELS, outChannels: channels, ...options }),
});

const overSequence = (sequence: SequenceCase['sequence']): readonly SequenceCase[] => [
  { name: 'sequence', sequence },
];

const plain = (build: Case['build']): readonly Case[] => [{ name: 'odd size', build }];

/** Typed over all operators: one without a case does not compile. */
const cases: Readonly<Record<OpName, readonly (Case | SequenceCase)[]>> = {
  conv2d: [
    conv('1x1 with stride', 5, { kernel: 1, stride: 2, bias: true }),
    conv('3x3 padded', 4, { kernel: 3, padding: 1 }),
    conv('1x7 padded', 4, { kernel: [1, 7], padding: [0, 3] }),
    conv('5x3, stride 2x1, asymmetric padding', 4, {
      kernel: [5, 3],
      stride: [2, 1],
      padding: { top: 2, bottom: 1, left: 0, right: 1 },
      bias: true,
    }),
    conv('dilated with stride', 4, { kernel: 3, dilation: [2, 3], stride: 2, padding: 2 }),
    conv('grouped with stride', 9, { kernel: 3, stride: 2, padding: 1, groups: 3 }),
    conv('depthwise', 6, { kernel: 3, padding: 1, groups: 6 }),
    conv('depthwise, two outputs each, unequal strides', 12, { kernel: 3, stride: [1, 2], groups: 6 }),
    conv('same, 3x3, stride 2', 4, { kernel: 3, stride: 2, padding: 'same' }),
    conv('same, 5x5 depthwise, stride 2', 6, { kernel: 5, stride: 2, padding: 'same', groups: 6 }),
  ],
  linear: [
    ...overSequence((b, x) =>
      b.linear(x, 'tested', { inFeatures: CHANNELS, outFeatures: 4, sequence: true }),
    ),
    ...plain((b, x) => {
      const vector = b.flatten(x);
      const hidden = b.linear(vector, 'tested', {
        inFeatures: CHANNELS * 63,
        outFeatures: CHANNELS,
        bias: false,
      });
      return hidden;
    }),
  ],
  // The activation after it, because the mean over a normalized map does not depend on the map.
  batchNorm: [
    {
      name: 'image',
      build: (b, x) => b.swish(b.batchNorm(x, 'tested', { channels: CHANNELS, eps: 1e-3, momentum: 0.2 })),
    },
    {
      name: 'vector',
      build: (b, x) => {
        const vector = b.flatten(b.globalAvgPool(b.sigmoid(x)));
        return b.swish(b.batchNorm(vector, 'tested', { channels: CHANNELS, eps: 0.1 }));
      },
    },
  ],
  relu: plain((b, x) => b.relu(x)),
  relu6: plain((b, x) => b.relu6(b.scale(x, 8))),
  sigmoid: plain((b, x) => b.sigmoid(x)),
  swish: plain((b, x) => b.swish(x)),
  maxPool2d: [
    { name: 'ceil', build: (b, x) => b.maxPool2d(x, { kernel: 3, stride: 2, ceilMode: true }) },
    { name: 'padded', build: (b, x) => b.maxPool2d(x, { kernel: 3, stride: 2, padding: 1 }) },
    { name: 'not square', build: (b, x) => b.maxPool2d(x, { kernel: [2, 3], stride: [3, 2] }) },
    {
      name: 'ceil, padded, windows past the end',
      build: (b, x) => b.maxPool2d(x, { kernel: 2, stride: 3, padding: 1, ceilMode: true }),
    },
  ],
  avgPool2d: [
    { name: 'plain', build: (b, x) => b.avgPool2d(x, { kernel: 2 }) },
    {
      name: 'without padding in the count',
      build: (b, x) => b.avgPool2d(x, { kernel: 3, stride: 1, padding: 1, countIncludePad: false }),
    },
    {
      name: 'with padding in the count',
      build: (b, x) => b.avgPool2d(x, { kernel: 3, stride: 2, padding: 1 }),
    },
    {
      name: 'ceil, with padding in the count',
      build: (b, x) =>
        b.avgPool2d(x, {
          kernel: 3,
          stride: 2,
          padding: { top: 0, bottom: 0, left: 1, right: 0 },
          ceilMode: true,
        }),
    },
    {
      name: 'ceil, without padding in the count',
      build: (b, x) =>
        b.avgPool2d(x, { kernel: [4, 3], stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
    },
  ],
  globalAvgPool: plain((b, x) => b.globalAvgPool(x)),
  add: plain((b, x) => b.add(b.relu(x), x)),
  mul: [
    { name: 'same shapes', build: (b, x) => b.mul(b.sigmoid(x), x) },
    { name: 'a factor per channel', build: (b, x) => b.mul(x, b.sigmoid(b.globalAvgPool(x))) },
  ],
  scale: plain((b, x) => b.scale(x, -0.17)),
  concat: [
    { name: 'images', channels: 2 * CHANNELS, build: (b, x) => b.concat([x, b.relu(x)]) },
    {
      name: 'three vectors',
      channels: 3 * CHANNELS,
      build: (b, x) => {
        const vector = b.flatten(b.globalAvgPool(x));
        return b.concat([vector, b.relu(vector), b.sigmoid(vector)]);
      },
    },
  ],
  flatten: plain((b, x) => {
    const vector = b.flatten(b.maxPool2d(x, { kernel: 3 }));
    return b.linear(vector, 'after', { inFeatures: CHANNELS * 6, outFeatures: CHANNELS });
  }),
  dropout: plain((b, x) => b.dropout(x, 0.4)),
  dropConnect: plain((b, x) => b.dropConnect(x, 0.4)),
  layerNorm: overSequence((b, x) => b.layerNorm(x, 'tested', { channels: CHANNELS })),
  tanh: overSequence((b, x) => b.tanh(x)),
  gelu: overSequence((b, x) => b.gelu(x)),
  gru: overSequence((b, x, mask) =>
    b.gru(x, mask, 'tested', { inFeatures: CHANNELS, hidden: 4, bidirectional: true }),
  ),
  lstm: overSequence((b, x, mask) =>
    b.lstm(x, mask, 'tested', { inFeatures: CHANNELS, hidden: 4, bidirectional: true }),
  ),
  maskedSoftmax: overSequence((b, x, mask) => b.maskedSoftmax(x, mask)),
  sequenceSum: overSequence((b, x) => b.sequenceSum(b.tanh(x))),
  gaussianNoise: overSequence((b, x) => b.tanh(b.gaussianNoise(x, 0.3))),
  dropSteps: overSequence((b, x) => b.dropSteps(x, 0.4)),
};

/** A convolution before and a linear layer after, so that the gradients show both sides of what is tested. */
function networkOf(entry: Case | SequenceCase): Network {
  return 'sequence' in entry ? sequenceNetwork(entry) : imageNetwork(entry);
}

function sequenceNetwork({ sequence }: SequenceCase): Network {
  const start = () => {
    const b = new NetworkBuilder('case');
    const x = b.input('sequence', [STEPS, 5]);
    const mask = b.input('mask', [STEPS]);
    const before = b.linear(x, 'before', { inFeatures: 5, outFeatures: CHANNELS, sequence: true });
    const tested = sequence(b, before, mask);
    b.output('tested', tested);
    return { b, flat: b.flatten(tested) };
  };
  const probe = start();
  const shapes = inferShapes(probe.b.build(), { sequence: [1, STEPS, 5], mask: [1, STEPS] });
  const { b, flat } = start();
  const inFeatures = shapes.get(probe.flat)?.[1] ?? 0;
  b.output('logits', b.linear(flat, 'classes', { inFeatures, outFeatures: CLASSES }));
  return b.build();
}

function imageNetwork({ channels = CHANNELS, build }: Case): Network {
  const b = new NetworkBuilder('case');
  const image = b.input('image', [5, null, null]);
  const x = b.conv2d(image, 'before', { inChannels: 5, outChannels: CHANNELS, kernel: 1, bias: true });
  const tested = build(b, x);
  b.output('tested', tested);
  const isVector = ['linear', 'flatten'].includes(b.build().nodes.at(-1)?.op ?? '');
  const vector = isVector || isRankTwo(b.build()) ? tested : b.flatten(b.globalAvgPool(tested));
  b.output('logits', b.linear(vector, 'classes', { inFeatures: channels, outFeatures: CLASSES }));
  return b.build();
}

function isRankTwo(network: Network): boolean {
  const flat = new Set<ValueId>();
  for (const node of network.nodes) {
    const keeps = node.inputs.some((value) => flat.has(value));
    if (node.op === 'flatten' || node.op === 'linear' || keeps) flat.add(node.output);
  }
  return flat.has(network.nodes.at(-1)?.output ?? -1);
}

/** Smooth numbers without symmetry, the same on every machine. */
function wave(shape: readonly number[], phase: number): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return {
    shape,
    data: Float32Array.from({ length }, (_, i) => Math.sin(1 + phase + 1.7 * i + (i % 7) ** 2)),
  };
}

function batchOf(samples: number, phase = 0, sequence = false): Batch {
  const targets = wave([samples, CLASSES], phase + 5);
  const mask = new Float32Array(samples * STEPS);
  for (let n = 0; n < samples; n++) mask.fill(1, n * STEPS, (n + 1) * STEPS - 2 * n);
  return {
    inputs: sequence
      ? { sequence: wave([samples, STEPS, 5], phase), mask: { shape: [samples, STEPS], data: mask } }
      : { image: wave([samples, 5, 7, 9], phase) },
    targets: { shape: targets.shape, data: targets.data.map((value) => (value > 0 ? 1 : 0.25)) },
  };
}

/** @param floor smallest scale: the gradient of a bias before a batch norm is zero but for rounding */
function expectClose(actual: Tensor | undefined, expected: Tensor, what: string, floor = 1e-3): void {
  expect(actual?.shape, what).toEqual(expected.shape);
  const scale = Math.max(floor, ...expected.data.map(Math.abs));
  const worst = expected.data.reduce(
    (found, value, i) => Math.max(found, Math.abs((actual?.data[i] ?? NaN) - value) / scale),
    0,
  );
  expect(worst, what).toBeLessThan(TOLERANCE);
}

/** Why a provider is not tried: its package is optional. */
const providers = await Promise.all(
  tfjsProviders.map(async (provider) => ({
    provider,
    missing: await loadTensorFlow(provider).then(
      () => undefined,
      (error: unknown) => String(error),
    ),
  })),
);

let reference: Engine;
beforeAll(async () => {
  reference = await createEngine('onnxruntime', { provider: 'cpu' });
});

const all = Object.entries(cases).flatMap(([op, list]) =>
  list.map((entry) => ({ label: `${op}: ${entry.name}`, entry })),
);

const losses: readonly Loss[] = [{ kind: 'bce', classWeights: [2, 1, 1] }, { kind: 'crossEntropy' }];
const optimizers: readonly TrainingOptions['optimizer'][] = [
  { kind: 'adam' },
  { kind: 'adamw', weightDecay: 0.1 },
  { kind: 'sgd', momentum: 0.9, nesterov: true },
];

function smallNetwork(): Network {
  const b = new NetworkBuilder('small');
  let x = b.input('image', [5, null, null]);
  x = b.conv2d(x, 'conv', { inChannels: 5, outChannels: 8, kernel: 3, stride: 2, padding: 1 });
  x = b.swish(b.batchNorm(x, 'norm', { channels: 8 }));
  const y = b.conv2d(x, 'grouped', { inChannels: 8, outChannels: 8, kernel: 3, padding: 1, groups: 2 });
  x = b.add(b.dropConnect(y, 0.3), x);
  x = b.dropout(b.flatten(b.globalAvgPool(x)), 0.2);
  b.output('logits', b.linear(x, 'classes', { inFeatures: 8, outFeatures: CLASSES }));
  return b.build();
}

describe.each(providers)('TensorFlow.js on $provider', ({ provider, missing }) => {
  if (missing !== undefined) {
    it('agrees with onnxruntime', ({ skip }) => skip(missing));
    return;
  }
  let tfjs: Engine;
  beforeAll(async () => {
    tfjs = await createEngine('tfjs', { provider });
  });

  describe('agrees with onnxruntime', () => {
    it.each(all)('$label', async ({ entry }) => {
      const network = networkOf(entry);
      const state = initialize(network, 3);
      const batch = batchOf(3, 0, 'sequence' in entry);
      const { inputs } = batch;
      const [expected, actual] = await Promise.all(
        [reference, tfjs].map(async (engine) => (await engine.inference(network, state)).run(inputs)),
      );
      for (const name of ['tested', 'logits']) {
        expectClose(actual?.[name], expected?.[name] ?? wave([0], 0), `${name} in evaluation`);
      }

      const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'sgd' }, seed: 5 };
      const sessions = await Promise.all(
        [reference, tfjs].map((engine) => engine.training(network, state, options)),
      );
      const [there, here] = await Promise.all(sessions.map((session) => session.gradients(batch)));
      expect(here?.loss).toBeCloseTo(there?.loss ?? NaN, 5);
      const gradients = [...(there?.gradients ?? [])];
      const largest = Math.max(...gradients.flatMap(([, { data }]) => [...data.map(Math.abs)]));
      expect(gradients.map(([name]) => name)).toEqual(
        network.parameters.filter(isLearned).map(({ name }) => name),
      );
      for (const [name, gradient] of gradients) {
        expectClose(here?.gradients.get(name), gradient, `gradient of ${name}`, largest / 100);
      }
    });
  });

  describe('a few steps give the same losses', () => {
    it.each(losses.flatMap((loss) => optimizers.map((optimizer) => ({ loss, optimizer }))))(
      '$loss.kind, $optimizer.kind',
      async ({ loss, optimizer }) => {
        const network = smallNetwork();
        const state = initialize(network, 1);
        const train = async (engine: Engine) => {
          const session = await engine.training(network, state, { loss, optimizer, seed: 9 });
          const found: number[] = [];
          for (let step = 0; step < 4; step++) {
            const micro = [batchOf(4, step), batchOf(3, step + 0.5)];
            const { loss, gradientNorm } = await session.step(step % 2 === 0 ? micro : batchOf(4, step), {
              learningRate: 0.05,
              maxGradientNorm: 0.5,
            });
            found.push(loss, gradientNorm);
          }
          return { found, parameters: session.parameters() };
        };
        const [there, here] = [await train(reference), await train(tfjs)];
        // Adam divides by the size of the gradient, which magnifies rounding where the gradient is small.
        here.found.forEach((value, i) => expect(value).toBeCloseTo(there.found[i] ?? NaN, 4));
        for (const name of ['norm.running_mean', 'norm.running_var']) {
          const [a, b] = [here.parameters.get(name)!, there.parameters.get(name)!];
          expect(b.data).not.toEqual(state.get(name)!.data);
          a.data.forEach((value, i) => expect(value, name).toBeCloseTo(b.data[i]!, 3));
        }
      },
    );

    it('saves, restores and goes on as if uninterrupted, bit for bit', async () => {
      const network = smallNetwork();
      const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'adam' }, seed: 2 };
      const session = await tfjs.training(network, initialize(network, 1), options);
      const step = async (phase: number) =>
        (await session.step(batchOf(3, phase), { learningRate: 0.01 })).loss;
      await step(0);
      const saved = session.save();
      const uninterrupted = [await step(1), await step(2)];
      const other = await tfjs.training(network, initialize(network, 8), { ...options, seed: 4 });
      other.restore(saved);
      const resumed: number[] = [];
      for (const phase of [1, 2]) {
        resumed.push((await other.step(batchOf(3, phase), { learningRate: 0.01 })).loss);
      }
      expect(resumed).toEqual(uninterrupted);
    });
  });
});
