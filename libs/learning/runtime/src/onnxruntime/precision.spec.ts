import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportOnnx, initialize, NetworkBuilder, uniformStream, type Precision } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';
import type { Batch, TrainingOptions } from '../engine.js';
import { openOnnx } from './open-onnx.js';

const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });

/** A strided, a grouped and a one-by-one convolution, batch norms, a shortcut, a linear layer. */
const images = () => {
  const b = new NetworkBuilder('images');
  let x = b.input('image', [2, null, null]);
  x = b.relu(
    b.batchNorm(
      b.conv2d(x, 'stem', { inChannels: 2, outChannels: 8, kernel: 3, stride: 2, padding: 1 }),
      'norm',
      { channels: 8 },
    ),
  );
  const grouped = b.conv2d(x, 'grouped', { inChannels: 8, outChannels: 8, kernel: 3, padding: 1, groups: 2 });
  x = b.add(
    x,
    b.conv2d(b.relu(b.batchNorm(grouped, 'norm2', { channels: 8 })), 'mix', {
      inChannels: 8,
      outChannels: 8,
      kernel: 1,
    }),
  );
  b.output(
    'logits',
    b.linear(b.flatten(b.globalAvgPool(b.relu(x))), 'head', { inFeatures: 8, outFeatures: 3 }),
  );
  return b.build();
};

/** Recurrent layers, whose products are in the body of a loop. */
const series = () => {
  const b = new NetworkBuilder('series');
  const sequence = b.input('sequence', [5, 6]);
  const mask = b.input('mask', [5]);
  const states = b.gru(sequence, mask, 'rnn', { inFeatures: 6, hidden: 4, bidirectional: true });
  b.output('logits', b.flatten(b.linear(states, 'head', { inFeatures: 8, outFeatures: 3, sequence: true })));
  return b.build();
};

function imageBatch(seed: number): Batch {
  const uniform = uniformStream(seed);
  const data = Float32Array.from({ length: 6 * 2 * 81 }, () => 2 * uniform() - 1);
  // Positive where a channel is bright.
  const target = (i: number) => Number(data[81 * 2 * Math.floor(i / 3)]! > 0);
  return {
    inputs: { image: { shape: [6, 2, 9, 9], data } },
    targets: { shape: [6, 3], data: Float32Array.from({ length: 18 }, (_, i) => target(i)) },
  };
}

function seriesBatch(seed: number): Batch {
  const uniform = uniformStream(seed);
  const data = Float32Array.from({ length: 4 * 5 * 6 }, () => 2 * uniform() - 1);
  return {
    inputs: {
      sequence: { shape: [4, 5, 6], data },
      mask: {
        shape: [4, 5],
        data: Float32Array.from({ length: 20 }, (_, i) => Number(i % 5 < 3 + (i > 9 ? 2 : 0))),
      },
    },
    targets: { shape: [4, 15], data: Float32Array.from({ length: 60 }, (_, i) => Number(data[2 * i]! > 0)) },
  };
}

const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'adam' }, seed: 4 };
const cases = [
  ['images', images(), imageBatch],
  ['series', series(), seriesBatch],
] as const;

/** Losses of 30 steps. */
async function losses(number: number, precision: Precision): Promise<number[]> {
  const [, network, batch] = cases[number]!;
  const session = await engine.training(network, initialize(network, 2), { ...options, precision });
  const result: number[] = [];
  for (let i = 0; i < 30; i++) result.push((await session.step(batch(i % 3), { learningRate: 0.02 })).loss);
  await session.dispose();
  return result;
}

describe.each([0, 1])('training in lower precision, network %#', (number) => {
  // An operand in bf16 is off by up to 2^-9 of its size, in float16 by 2^-12; a gradient is a sum of many. A rectifier that
  // changes sides adds to it.
  it.each([
    ['bf16', 2 ** -5],
    ['float16', 2 ** -6],
  ] as const)('%s gives the gradients of float32 to %f of their length', async (precision, tolerance) => {
    const [, network, batch] = cases[number]!;
    const of = async (chosen: Precision) => {
      const session = await engine.training(network, initialize(network, 2), {
        ...options,
        precision: chosen,
      });
      const { gradients } = await session.gradients(batch(0));
      await session.dispose();
      return [...gradients.values()].flatMap(({ data }) => [...data]);
    };
    const [exact, low] = [await of('float32'), await of(precision)];
    const error = Math.hypot(...low.map((value, i) => value - exact[i]!)) / Math.hypot(...exact);
    expect(error).toBeLessThan(tolerance);
    // The gradients must differ from those of float32.
    expect(error).toBeGreaterThan(1e-5);
  });

  // Batch norms over six small images amplify the differences from step to step.
  it.each([
    ['bf16', 0.03],
    ['float16', 0.02],
  ] as const)('%s gives the losses of float32 to %f', async (precision, tolerance) => {
    const [exact, low] = [await losses(number, 'float32'), await losses(number, precision)];
    expect(exact.at(-1)).toBeLessThan(0.8 * exact[0]!);
    const worst = Math.max(...low.map((loss, i) => Math.abs(loss - exact[i]!)));
    expect(worst).toBeLessThan(tolerance);
  });
});

describe('the loss scale', () => {
  const gradientsOf = async (precision: Precision, weight: number) => {
    const network = images();
    const state = initialize(network, 2);
    const session = await engine.training(network, state, {
      ...options,
      precision,
      loss: { kind: 'bce', weighted: true },
    });
    const batch = imageBatch(1);
    const weights = { shape: [6, 3], data: new Float32Array(18).fill(weight) };
    const { gradients } = await session.gradients({ ...batch, weights });
    await session.dispose();
    return gradients.get('stem.weight')!.data;
  };

  it('keeps gradients that float16 alone would lose', async () => {
    // 1e-7 is about the smallest number of binary16; its products with activations are below.
    const [exact, low] = [await gradientsOf('float32', 1e-7), await gradientsOf('float16', 1e-7)];
    const size = Math.max(...exact.map(Math.abs));
    low.forEach((value, i) => expect(Math.abs(value - exact[i]!)).toBeLessThan(0.02 * size));
  });

  it('lowers the loss although a gradient overflows', async () => {
    // 4096 times 1000 is beyond 65,504, and so is a 16th of it.
    const [exact, low] = [await gradientsOf('float32', 1000), await gradientsOf('float16', 1000)];
    const size = Math.max(...exact.map(Math.abs));
    low.forEach((value, i) => expect(Math.abs(value - exact[i]!)).toBeLessThan(0.02 * size));
  });
});

describe('weights in half precision', () => {
  it.each(['float16', 'bf16'] as const)(
    '%s: half the file, the same numbers but for rounding',
    async (weights) => {
      const network = images();
      const state = initialize(network, 5);
      const folder = await mkdtemp(join(tmpdir(), 'ichor-half-'));
      const answers: Float32Array[] = [];
      const files = [exportOnnx(network, state), exportOnnx(network, state, {}, { weights })];
      for (const [i, bytes] of files.entries()) {
        const path = join(folder, `${i}.onnx`);
        await writeFile(path, bytes);
        const session = await openOnnx(path, { provider: 'cpu', threads: 1 });
        const { logits } = await session.run({ image: imageBatch(7).inputs['image']! });
        answers.push(logits!.data);
        await session.dispose();
      }
      await rm(folder, { recursive: true });
      const [exact, half] = [answers[0]!, answers[1]!];
      const worst = Math.max(...half.map((value, i) => Math.abs(value - exact[i]!)));
      expect(worst).toBeGreaterThan(0);
      expect(worst).toBeLessThan(weights === 'float16' ? 1e-3 : 1e-2);
      // 2 * 8 * 9 + 8 * 4 * 9 + 64 + 24 weights of layers lose two bytes each; a cast for each of four is added.
      const [whole, small] = files.map(({ length }) => length);
      expect(whole! - small!).toBeGreaterThan(2 * 520 - 4 * 120);
    },
  );
});
