import { nativeOperators } from '@ichor/native-operators';
import { NetworkBuilder, initialize, type Network, type StateDict } from '@ichor/nn';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../create-engine.js';
import { selfTest } from '../doctor/self-test.js';
import type { Engine, EngineOptions, TrainingOptions } from '../engine.js';
import { randomBatch } from './fixtures/random-batch.js';
import { chosenOperators, openNativeOperators } from './operators.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const refused = expect.objectContaining({ code: 'runtime/operators' }) as unknown;

describe('the operators of training', () => {
  it('are the option, else the variable, else public', () => {
    expect(chosenOperators({})).toBe('public');
    vi.stubEnv('ICHOR_OPERATORS', 'native');
    expect(chosenOperators({})).toBe('native');
    expect(chosenOperators({ operators: 'public' })).toBe('public');
  });

  it('are refused when unknown', async () => {
    vi.stubEnv('ICHOR_OPERATORS', 'fast');
    expect(() => chosenOperators({})).toThrow(/no operators "fast" \(choose one of public, native/);
    await expect(createEngine('onnxruntime', { provider: 'cpu' })).rejects.toEqual(refused);
    await expect(createEngine('tfjs', { provider: 'js' })).rejects.toEqual(refused);
  });

  it('are refused without the library, with what is missing', () => {
    expect(() => openNativeOperators({ missing: 'the processor has no avx512f' })).toThrow(
      expect.objectContaining({
        code: 'runtime/operators',
        reason: 'the processor has no avx512f',
        remedy: expect.stringContaining('public operators') as string,
      }),
    );
  });

  it.each([
    ['tfjs', { provider: 'js' }, {}],
    ['onnxruntime', { provider: 'cpu' }, { precision: 'bf16' }],
  ] as const)('are refused where there are no native ones: %s %o %o', async (name, engine, changes) => {
    const builder = new NetworkBuilder('linear');
    const x = builder.input('x', [2]);
    builder.output('logits', builder.linear(x, 'head', { inFeatures: 2, outFeatures: 1 }));
    const network = builder.build();
    const native: EngineOptions = { ...engine, threads: 1, operators: 'native' };
    const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'sgd' }, ...changes };
    const training = (await createEngine(name, native)).training(network, initialize(network, 1), options);
    await expect(training).rejects.toEqual(refused);
  });
});

/** What native operators do: pooling, norms with and without ReLU, weight gradients of several kinds; and dropout. */
function network(): Network {
  const b = new NetworkBuilder('native');
  let x = b.input('image', [3, null, null]);
  x = b.conv2d(x, 'first', { inChannels: 3, outChannels: 24, kernel: 7, stride: 2, padding: 3 });
  x = b.maxPool2d(b.relu(b.batchNorm(x, 'norm1', { channels: 24 })), { kernel: 3, stride: 2, padding: 1 });
  const size = { inChannels: 24, outChannels: 24, kernel: 3, padding: 1 };
  const deep = b.conv2d(x, 'depthwise', { ...size, groups: 24 });
  x = b.relu(b.add(x, b.batchNorm(deep, 'norm2', { channels: 24 })));
  x = b.batchNorm(b.conv2d(x, 'grouped', { ...size, groups: 3 }), 'norm3', { channels: 24 });
  x = b.dropout(b.flatten(b.globalAvgPool(b.relu(x))), 0.3);
  b.output('logits', b.linear(x, 'head', { inFeatures: 24, outFeatures: 6 }));
  return b.build();
}

const found = nativeOperators();
const why =
  'missing' in found ? ` (needs the native operators: ${found.missing.replaceAll(/[()]/g, '')})` : '';

describe.skipIf('missing' in found)(`training on native operators${why}`, () => {
  const net = network();
  const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'adam' }, seed: 3 };
  const engine = (operators: 'public' | 'native'): Promise<Engine> =>
    createEngine('onnxruntime', { provider: 'cpu', threads: 2, operators });
  const training = async (operators: 'public' | 'native') =>
    (await engine(operators)).training(net, initialize(net, 1), options);

  it('passes the self-test of the doctor, and is named in records', async () => {
    const native = await engine('native');
    expect(await selfTest(native)).toBeUndefined();
    expect(native.description).toBe('onnxruntime/cpu/native');
    expect((await engine('public')).description).toBe('onnxruntime/cpu');
  });

  it('has other bits than the public operators, and the same numbers', async () => {
    const [expected, actual] = [await training('public'), await training('native')];
    const [wanted, given] = [
      await expected.gradients(randomBatch(4, 61, 1)),
      await actual.gradients(randomBatch(4, 61, 1)),
    ];
    expect(given.loss).toBeCloseTo(wanted.loss, 5);
    // A ReLU near zero may fall on either side; elsewhere float32 sums of thousands of terms differ by about 1e-6.
    for (const [name, { data }] of wanted.gradients) {
      expect(distance(given.gradients.get(name)?.data, data), name).toBeLessThan(1e-3);
    }
    expect(bits(given.gradients)).not.toEqual(bits(wanted.gradients));
    await Promise.all([expected.dispose(), actual.dispose()]);
  });

  it('continues from a saved state as if it had never stopped, bit for bit', async () => {
    const steps = [randomBatch(4, 61, 1), randomBatch(3, 61, 2), randomBatch(4, 48, 3)];
    const whole = await training('native');
    for (const step of steps) await whole.step(step, { learningRate: 0.01 });
    const first = await training('native');
    await first.step(steps[0]!, { learningRate: 0.01 });
    const second = await training('native');
    second.restore(first.save());
    for (const step of steps.slice(1)) await second.step(step, { learningRate: 0.01 });
    expect(bits(second.parameters())).toEqual(bits(whole.parameters()));
    await Promise.all([whole, first, second].map((session) => session.dispose()));
  });

  it('does not take more memory with each step', async () => {
    const session = await training('native');
    const [even, odd] = [randomBatch(8, 64, 1), randomBatch(8, 64, 2)];
    const steps = async (count: number) => {
      for (let i = 0; i < count; i++) await session.step(i % 2 === 0 ? even : odd, { learningRate: 1e-4 });
    };
    await steps(20);
    const before = process.memoryUsage().rss;
    await steps(200);
    // The graph keeps some 5 MB between the forward and the backward pass.
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
    await session.dispose();
  });
});

/** Of the norm of the expected values. */
function distance(actual: Float32Array | undefined, expected: Float32Array): number {
  let [difference, norm] = [0, 0];
  for (const [i, value] of expected.entries()) {
    difference += ((actual?.[i] ?? NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(difference / norm);
}

function bits(tensors: StateDict): Record<string, string> {
  return Object.fromEntries(
    [...tensors].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
  );
}
