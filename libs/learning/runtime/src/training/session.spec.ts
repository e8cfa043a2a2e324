import { NetworkBuilder, initialize, uniformStream, type Network, type StateDict } from '@ichor/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';
import type { Batch, Engine, TrainingOptions, TrainingState } from '../engine.js';

/** Batch norm, dropout and drop-connect: all that a step depends on besides parameters. */
function network(): Network {
  const b = new NetworkBuilder('session');
  let x = b.input('image', [2, null, null]);
  x = b.conv2d(x, 'conv', { inChannels: 2, outChannels: 4, kernel: 3, padding: 1 });
  x = b.relu(b.batchNorm(x, 'norm', { channels: 4, momentum: 0.3 }));
  x = b.add(x, b.dropConnect(x, 0.3));
  x = b.dropout(b.flatten(b.globalAvgPool(x)), 0.4);
  b.output('logits', b.linear(x, 'head', { inFeatures: 4, outFeatures: 3 }));
  return b.build();
}

function batch(samples: number, seed: number): Batch {
  const uniform = uniformStream(seed);
  const values = (length: number) => Float32Array.from({ length }, () => uniform());
  return {
    inputs: { image: { shape: [samples, 2, 6, 5], data: values(samples * 60) } },
    targets: { shape: [samples, 3], data: values(samples * 3) },
  };
}

async function* stream(batches: readonly Batch[]): AsyncGenerator<Batch> {
  await Promise.resolve();
  yield* batches;
}

const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'adam' }, seed: 4 };
const net = network();
const state = initialize(net, 2);
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 2 });
});

const training = (changes: Partial<TrainingOptions> = {}) =>
  engine.training(net, state, { ...options, ...changes });

function bits(values: StateDict): Record<string, number[]> {
  return Object.fromEntries(
    [...values].map(([name, { data }]) => [name, [...new Uint32Array(data.slice().buffer)]]),
  );
}

const allBits = (saved: TrainingState) => ({
  ...bits(saved.parameters),
  ...bits(saved.optimizer),
  steps: saved.steps,
  seed: saved.seed,
});

describe('training session', () => {
  it('trains many parameters on two threads as on one', async () => {
    const b = new NetworkBuilder('large');
    const outputs = 18_000;
    const x = b.flatten(b.input('image', [2, 6, 5]));
    b.output('logits', b.linear(x, 'head', { inFeatures: 60, outFeatures: outputs }));
    const large = b.build();
    const start = initialize(large, 3);
    const step: Batch = {
      ...batch(2, 5),
      targets: { shape: [2, outputs], data: new Float32Array(2 * outputs).fill(1) },
    };
    const trained = [];
    for (const threads of [1, 2]) {
      const engine = await createEngine('onnxruntime', { provider: 'cpu', threads });
      const session = await engine.training(large, start, options);
      const norms = [];
      for (let i = 0; i < 3; i++) norms.push((await session.step(step, { learningRate: 0.01 })).gradientNorm);
      trained.push({ norms, weight: session.parameters().get('head.weight')!.data });
      await session.dispose();
    }
    const [one, two] = [trained[0]!, trained[1]!];
    expect(one.weight.every((value, i) => Math.abs(value - two.weight[i]!) < 1e-6)).toBe(true);
    for (const [i, norm] of one.norms.entries()) expect(norm / two.norms[i]!).toBeCloseTo(1, 6);
    // Adam moved each weight by about its rate in each step.
    const before = start.get('head.weight')!.data;
    expect(two.weight.every((value, i) => value - before[i]! > 0.02)).toBe(true);
  });

  it('continues from a saved state as if it had never stopped, bit for bit', async () => {
    const [whole, first] = [await training(), await training()];
    for (let i = 0; i < 5; i++) await whole.step(batch(4, i), { learningRate: 0.01 * (i + 1) });
    for (let i = 0; i < 3; i++) await first.step(batch(4, i), { learningRate: 0.01 * (i + 1) });
    const saved = first.save();
    await first.step(batch(4, 99), { learningRate: 1 });
    // Another session with another seed and other parameters.
    const second = await engine.training(net, initialize(net, 77), { ...options, seed: 1 });
    second.restore(saved);
    for (let i = 3; i < 5; i++) await second.step(batch(4, i), { learningRate: 0.01 * (i + 1) });
    expect(allBits(second.save())).toEqual(allBits(whole.save()));
  });

  it('gives other masks for another seed and another step', async () => {
    const loss = async (seed: number, steps: number) => {
      const session = await training({ seed });
      session.restore({ ...session.save(), steps });
      return (await session.gradients(batch(4, 1))).loss;
    };
    const base = await loss(1, 0);
    expect(await loss(1, 0)).toBe(base);
    expect(await loss(2, 0)).not.toBe(base);
    expect(await loss(1, 1)).not.toBe(base);
  });

  it('averages micro-batches by their number of samples', async () => {
    // Without randomness and batch statistics the gradient of a batch is the mean over its samples.
    const frozen = { frozenBatchNorm: true, optimizer: { kind: 'sgd' } } as const;
    const plain = network();
    const quiet = { ...plain, nodes: plain.nodes.map((node) => withoutDrops(node)) };
    const both = batch(7, 3);
    const part = (from: number, to: number): Batch => ({
      inputs: {
        image: { shape: [to - from, 2, 6, 5], data: both.inputs['image']!.data.slice(60 * from, 60 * to) },
      },
      targets: { shape: [to - from, 3], data: both.targets.data.slice(3 * from, 3 * to) },
    });
    const [one, two] = [
      await engine.training(quiet, state, { ...options, ...frozen }),
      await engine.training(quiet, state, { ...options, ...frozen }),
    ];
    const a = await one.step(both, { learningRate: 1 });
    const b = await two.step([part(0, 4), part(4, 7)], { learningRate: 1 });
    // Sums in another order: a few roundings of numbers below 1.
    expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-6);
    expect(Math.abs(a.gradientNorm - b.gradientNorm)).toBeLessThan(1e-6);
    for (const [name, { data }] of one.parameters()) {
      const other = two.parameters().get(name)!.data;
      data.forEach((value, i) => expect(Math.abs(value - other[i]!)).toBeLessThan(1e-6));
    }
  });

  it('measures the statistics of batch norms as their mean over the batches', async () => {
    const b = new NetworkBuilder('norm');
    const normed = b.batchNorm(b.input('image', [2, null, null]), 'norm', { channels: 2, momentum: 0.3 });
    b.output(
      'logits',
      b.linear(b.flatten(b.globalAvgPool(normed)), 'head', { inFeatures: 2, outFeatures: 3 }),
    );
    const plain = b.build();
    const session = await engine.training(plain, initialize(plain, 2), options);
    const batches = [batch(4, 1), batch(4, 2), batch(4, 3)];
    await session.measureStatistics(stream(batches));
    const state = session.parameters();
    for (const channel of [0, 1]) {
      // Per batch 4 samples x 30 pixels; the variance is the unbiased one, as PyTorch keeps it.
      const values = batches.map(({ inputs }) =>
        [0, 1, 2, 3].flatMap((sample) => {
          const start = sample * 60 + channel * 30;
          return [...inputs['image']!.data.subarray(start, start + 30)];
        }),
      );
      const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
      const variance = (list: readonly number[]) =>
        (mean(list.map((value) => (value - mean(list)) ** 2)) * 120) / 119;
      // Sums of 120 single-precision numbers below 1.
      expect(state.get('norm.running_mean')!.data[channel]).toBeCloseTo(mean(values.map(mean)), 5);
      expect(state.get('norm.running_var')!.data[channel]).toBeCloseTo(mean(values.map(variance)), 5);
    }
    // Nothing else has moved.
    expect(bits(state)['norm.weight']).toEqual(bits(initialize(plain, 2))['norm.weight']);
    expect(session.save().steps).toBe(0);
    await session.dispose();
  });

  it('moves only what is trainable, and running statistics unless they are frozen', async () => {
    const changed = async (changes: Partial<TrainingOptions>) => {
      const session = await training(changes);
      await session.step(batch(4, 1), { learningRate: 0.1 });
      const [before, after] = [bits(state), bits(session.parameters())];
      return Object.keys(before).filter((name) => before[name]!.join() !== after[name]!.join());
    };
    const head = (name: string) => name.startsWith('head');
    expect(await changed({ trainable: head })).toEqual([
      'norm.running_mean',
      'norm.running_var',
      'head.weight',
      'head.bias',
    ]);
    expect(await changed({ trainable: head, frozenBatchNorm: true })).toEqual(['head.weight', 'head.bias']);
    expect(await changed({ frozenBatchNorm: true })).not.toContain('norm.running_mean');
  });

  it('mixes the unbiased variance of the batch into the running statistics', async () => {
    const one = new NetworkBuilder('norm only');
    const x = one.batchNorm(one.input('x', [2]), 'norm', { channels: 2, momentum: 0.25 });
    one.output('logits', x);
    const plain = one.build();
    const session = await engine.training(plain, initialize(plain, 0), options);
    const data = Float32Array.of(1, 10, 2, 20, 6, 60);
    await session.step(
      { inputs: { x: { shape: [3, 2], data } }, targets: { shape: [3, 2], data: new Float32Array(6) } },
      { learningRate: 0 },
    );
    const after = session.parameters();
    // Mean of 1, 2, 6 is 3, unbiased variance (4 + 1 + 9) / 2 = 7; running from 0 and 1 by a quarter.
    expect([...after.get('norm.running_mean')!.data]).toEqual([0.75, 7.5]);
    expect(after.get('norm.running_var')!.data[0]).toBeCloseTo(0.75 + 0.25 * 7, 5);
    expect(after.get('norm.running_var')!.data[1]).toBeCloseTo(0.75 + 0.25 * 700, 3);
  });

  it('excludes biases and norms from weight decay where it is told to', async () => {
    // One step with gradients of zero: only the decay moves a parameter, to (1 - rate x decay) of what it was.
    const nothing: Batch = { ...batch(2, 1), weights: { shape: [2, 3], data: new Float32Array(6) } };
    const after = async (decayOf: 'all' | 'weights') => {
      const session = await training({
        loss: { kind: 'bce', weighted: true },
        optimizer: { kind: 'adamw', weightDecay: 0.5, decayOf },
        frozenBatchNorm: true,
      });
      await session.step(nothing, { learningRate: 0.1 });
      return session.parameters();
    };
    const decayed = (name: string) => state.get(name)!.data.map((value) => value * 0.95);
    const [all, weights] = [await after('all'), await after('weights')];
    for (const name of ['conv.weight', 'norm.weight', 'head.weight', 'head.bias']) {
      const isWeight = name === 'conv.weight' || name === 'head.weight';
      all.get(name)!.data.forEach((value, i) => expect(value, name).toBeCloseTo(decayed(name)[i]!, 6));
      const expected = isWeight ? decayed(name) : state.get(name)!.data;
      weights.get(name)!.data.forEach((value, i) => expect(value, name).toBeCloseTo(expected[i]!, 6));
    }
  });

  it('takes partial batches and other image sizes', async () => {
    const session = await training();
    for (const samples of [4, 4, 1, 3]) {
      const { loss } = await session.step(batch(samples, samples), { learningRate: 0.01 });
      expect(loss).toBeGreaterThan(0);
    }
    const wide = { shape: [2, 2, 9, 11], data: new Float32Array(2 * 2 * 99).fill(0.5) };
    const { logits } = await session.predict({ image: wide });
    expect(logits?.shape).toEqual([2, 3]);
  });

  it('says what is wrong with an input, a target and a state', async () => {
    const session = await training();
    const good = batch(4, 1);
    await expect(session.step({ ...good, inputs: {} }, { learningRate: 1 })).rejects.toThrow('"image"');
    const targets = { shape: [4, 2], data: new Float32Array(8) };
    await expect(session.step({ ...good, targets }, { learningRate: 1 })).rejects.toThrow(
      '"targets" expects [4, 3], received [4, 2]',
    );
    const short = new Map(state);
    short.delete('head.bias');
    await expect(Promise.resolve().then(() => engine.training(net, short, options))).rejects.toThrow(
      'head.bias',
    );
    const torn = new Map(state).set('head.bias', { shape: [3], data: new Float32Array(2) });
    await expect(Promise.resolve().then(() => engine.training(net, torn, options))).rejects.toThrow(
      '"head.bias" of session expects [3], received [3] with 2 numbers',
    );
    expect(() => session.restore({ ...session.save(), optimizer: new Map() })).toThrow('exp_avg/conv.weight');
  });
});

function withoutDrops(node: Network['nodes'][number]): Network['nodes'][number] {
  return node.op === 'dropout' || node.op === 'dropConnect' ? { ...node, attributes: { rate: 0 } } : node;
}
