import { NetworkBuilder, initialize, isLearned, type Network, type Tensor } from '@ichor/nn';
import { CASE_CLASSES, opCases, opData } from '@ichor/nn/testing';
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
const CLASSES = 3;

/** Smooth numbers without symmetry, the same on every machine. */
function wave(shape: readonly number[], phase: number): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return {
    shape,
    data: Float32Array.from({ length }, (_, i) => Math.sin(1 + phase + 1.7 * i + (i % 7) ** 2)),
  };
}

function batchOf(samples: number, phase = 0): Batch {
  const targets = wave([samples, CLASSES], phase + 5);
  return {
    inputs: { image: wave([samples, 5, 7, 9], phase) },
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
    it.each(opCases)('$name', async ({ network, inputs: shapes }) => {
      const { state, inputs, targets } = opData(network, shapes, CASE_CLASSES);
      const batch = { inputs, targets };
      const [expected, actual] = await Promise.all(
        [reference, tfjs].map(async (engine) => (await engine.inference(network, state)).run(inputs)),
      );
      expectClose(actual?.['logits'], expected?.['logits'] ?? wave([0], 0), 'logits in evaluation');

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
        expectClose(here?.gradients.get(name), gradient, `gradient of ${name}`, largest / 25);
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
