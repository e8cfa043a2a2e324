import { nativeOperators } from '@ichor/native-operators';
import { nativeRunner } from '@ichor/native-operators/testing';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../builder.js';
import type { Network } from '../network.js';
import { float, int, ints, type OnnxAttributes } from '../onnx/model.js';
import { CASE_CLASSES, opData } from '../testing/index.js';
import { runEmitted, type Lowering, type Run } from '../testing/run-emitted.js';
import { runOnnx } from '../testing/run-onnx.js';
import { poolSize } from '../shapes/window.js';
import { elementCount, type Shape, type Tensor } from '../tensor.js';
import type { Emitter, Value } from './emitter.js';
import { lowerTraining } from './lower.js';
import { maxPool2d } from './max-pooling.js';

/*
 * What only the native operators can get wrong: they write to memory themselves, and have threads of their own. The oracles of all
 * dialects (convolution.spec.ts, gradients.spec.ts, gradient-sum.spec.ts) run with them too.
 */
const run = nativeRunner();
const onTwoThreads = nativeRunner(2);
const found = nativeOperators();
const why =
  'missing' in found ? ` (needs the native operators: ${found.missing.replaceAll(/[()]/g, '')})` : '';

/** Whole numbers from -4 to 4, sums of which are exact, with many equal ones. */
function wholeNumbers(shape: Shape, salt: number): Tensor {
  let state = salt;
  const data = Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) % 9) - 4;
  });
  return { shape, data };
}

function graphOf(network: Network, shapes: Readonly<Record<string, Shape>>, { dialect }: Lowering) {
  return lowerTraining(network, shapes, {
    loss: { kind: 'bce' },
    logits: 'logits',
    trainable: () => true,
    frozenBatchNorm: false,
    dialect,
  });
}

/** All outputs of one step, by their ports. */
async function step(network: Network, image: Shape, dialect: 'cpu' | 'native', runs?: Run) {
  const data = opData(network, { image }, CASE_CLASSES);
  const graph = graphOf(network, { image }, { dialect });
  const feeds: Record<string, Tensor> = { [graph.targets.port]: data.targets };
  for (const [name, { port }] of graph.parameters) feeds[port] = data.state.get(name)!;
  for (const [name, { port }] of graph.inputs) feeds[port] = data.inputs[name]!;
  const ports = [graph.loss, graph.logits, ...graph.gradients.values()];
  const statistics = graph.statistics.flatMap(({ channels, meanPort, variancePort }) => [
    [meanPort, [channels]] as const,
    [variancePort, [channels]] as const,
  ]);
  const shapes = Object.fromEntries([
    ...ports.map(({ port, shape }) => [port, shape] as const),
    ...statistics,
  ]);
  return runs?.(graph.model, feeds, shapes) ?? (await runOnnx(ort, graph.model, feeds));
}

/** Everything that has an operator of its own, with channels beside whole blocks, and values that several read. */
function network(channels: number): Network {
  const b = new NetworkBuilder(`all operators, ${channels} channels`);
  const conv = (x: number, name: string, inChannels: number, options: object = {}) =>
    b.conv2d(x, name, { inChannels, outChannels: channels, kernel: 3, padding: 1, bias: false, ...options });
  const start = b.relu(b.batchNorm(conv(b.input('image', [3, null, null]), 'conv1', 3), 'bn1', { channels }));
  const pooled = b.maxPool2d(start, { kernel: 3, stride: 2, padding: 1 });
  const wide = b.relu(b.batchNorm(conv(pooled, 'conv2', channels), 'bn2', { channels }));
  const deep = b.batchNorm(conv(wide, 'conv3', channels, { groups: channels }), 'bn3', { channels });
  const sum = b.relu(b.add(deep, pooled));
  const both = b.concat([sum, wide]);
  const normed = b.relu(b.batchNorm(both, 'bn4', { channels: 2 * channels }));
  const last = conv(normed, 'conv4', 2 * channels, { stride: 2 });
  const means = b.flatten(b.globalAvgPool(last));
  b.output('logits', b.linear(means, 'head', { inFeatures: channels, outFeatures: CASE_CLASSES }));
  return b.build();
}

const SIZES: readonly (readonly [channels: number, image: Shape])[] = [
  [15, [2, 3, 9, 7]],
  [16, [3, 3, 12, 17]],
  [17, [2, 3, 8, 3]],
  [33, [2, 3, 34, 33]],
];

describe.skipIf(run === undefined)(`native operators${why}`, () => {
  /** Of the norm. Float32 carries 6e-8 a number; four norms, one after the other, leave 1e-6, and a bias whose terms cancel 6e-6. */
  const TOLERANCE = 2e-5;

  it.each(SIZES)('give the gradients of the public ones (%d channels, image %j)', async (channels, image) => {
    const [own, native] = [
      await step(network(channels), image, 'cpu'),
      await step(network(channels), image, 'native', run),
    ];
    const wrong = Object.entries(native).map(([port, { data }]) => {
      const expected = own[port]!.data;
      const norm = Math.hypot(...expected);
      return [port, Math.hypot(...data.map((value, i) => value - expected[i]!)) / norm] as const;
    }); // prettier-ignore
    expect(wrong.filter(([, error]) => !(error < TOLERANCE))).toEqual([]);
    expect(Object.keys(native)).toEqual(expect.arrayContaining(Object.keys(own)));
  });

  it.each(SIZES)(
    'give equal bits on one thread and on two (%d channels, image %j)',
    async (channels, image) => {
      const one = await step(network(channels), image, 'native', run);
      const two = await step(network(channels), image, 'native', onTwoThreads);
      expect(two).toEqual(one);
    },
  );

  it('compute all that they are made for', () => {
    const { model } = graphOf(network(16), { image: [2, 3, 9, 7] }, { dialect: 'native' });
    const names = new TextDecoder('latin1').decode(model);
    const count = (op: string) => new Set(names.match(new RegExp(`\\b${op}_\\d+`, 'g'))).size;
    expect({
      // conv1 has 3 channels; conv4 reads a concatenation.
      weightGradients: count('WeightGradient'),
      norms: count('BatchNorm'),
      normsOfParts: count('BatchNormWith'),
      normGradients: count('BatchNormGradient'),
      // The ReLU of the sum is no part of a norm, nor is one of the loss.
      relus: count('Relu'),
      reluGradients: count('ReluGradient'),
      pools: count('MaxPool'),
      poolGradients: count('MaxPoolGradient'),
    }).toEqual({
      weightGradients: 3,
      norms: 3,
      normsOfParts: 1,
      normGradients: 4,
      relus: 2,
      reluGradients: 1,
      pools: 1,
      poolGradients: 1,
    });
  });

  it.each([
    [[2, 3, 5, 1], 3, 1, 1],
    [[1, 2, 7, 16], 3, 2, 1],
    [[2, 1, 7, 17], 3, 2, 1],
    [[1, 17, 6, 33], 2, 2, 0],
    [[1, 1, 12, 40], 3, 3, 0],
  ] as const)(
    'pool like the public ones, equal maxima too (x %j, window %d, stride %d)',
    async (shape, kernel, stride, padding) => {
      const b = new NetworkBuilder('pool');
    b.output('logits', b.maxPool2d(b.input('image', [shape[1], null, null]), { kernel, stride, padding, ceilMode: true }));
    const [node] = b.build().nodes;
    if (node?.op !== 'maxPool2d') throw new Error('no pooling');
    const x = wholeNumbers(shape, 1);
    // All below zero: padding must not win.
    const below = { shape, data: x.data.map((value) => value - 10) };
    const size = poolSize([shape[2], shape[3]], node.attributes);
    const dy = wholeNumbers([shape[0], shape[1], ...size], 2);
    const pool = (lowering: Lowering) =>
      runEmitted(ort, lowering, { below, dy }, (emit, { below, dy }) => {
        const { output, backward } = maxPool2d(node, [below!], emit);
        return { output, gradient: backward(dy!, [true])[0] as Value };
      });
    expect(await pool({ dialect: 'native', run: run! })).toEqual(await pool({ dialect: 'portable' }));
  }); // prettier-ignore

  const window = { kernel: ints([3, 3]), stride: ints([1, 1]) };
  const weights = { ...window, dilation: ints([1, 1]), padding: ints([1, 1, 1, 1]), groups: int(1) };
  const norm = { epsilon: float(1e-3), relu: int(0) };
  type Wrong = readonly [
    op: string,
    inputs: readonly Shape[],
    outputs: number,
    attributes: OnnxAttributes,
    message: RegExp,
  ];
  const wrong: readonly Wrong[] = [
    ['WeightGradient', [[1, 16, 5, 5], [1, 4, 5, 6]], 1, weights, /dy has the shape \[1, 4, 5, 6\], expected is \[1, 4, 5, 5\]/],
    ['WeightGradient', [[1, 16, 5], [1, 4, 5, 5]], 1, weights, /x has the shape \[1, 16, 5\], expected are 4 axes/],
    ['WeightGradient', [[1, 16, 5, 5], [1, 4, 5, 5]], 1, { ...weights, groups: int(3) }, /do not divide by 3 groups/],
    ['WeightGradient', [[1, 16, 5, 5], [1, 4, 5, 5]], 1, { ...weights, stride: ints([0, 1]) }, /attribute stride is \[0, 1\]/],
    ['WeightGradient', [[1, 16, 5, 5], [1, 4, 5, 5]], 1, window, /attribute dilation/],
    ['BatchNorm', [[1, 16, 5, 5], [17], [16]], 3, norm, /gamma has the shape \[17\]/],
    ['BatchNormGradient', [[1, 2, 5, 5], [1, 2, 5, 4], [2], [2], [2], [2]], 3, norm, /dy has the shape/],
    ['BatchNormGradient', [[1, 2, 5, 5], [1, 2, 5, 5], [2], [2], [2], [2], [1, 2, 5, 4]], 3, norm, /addend has the shape/],
    ['ReluGradient', [[4, 4], [4, 5]], 1, {}, /dy has the shape/],
    ['MaxPool', [[1, 2, 5, 5]], 2, { ...window, padding: ints([3, 1]), size: ints([5, 5]) }, /padding is as large as the window/],
    ['MaxPool', [[1, 2, 5, 5]], 2, { ...window, padding: ints([1, 1]), size: ints([5, 9]) }, /last window begins after the columns/],
  ]; // prettier-ignore

  it.each(wrong)('%s refuses what does not fit and names it (%j)', async (op, shapes, outputs, attributes, message) => {
    const tensors = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, wholeNumbers(shape, i)]));
    const build = (emit: Emitter, values: Readonly<Record<string, Value>>) => {
      const made = emit.native(op, shapes.map((_, i) => values[`x${i}`]!), Array<Shape>(outputs).fill([1]), attributes);
      return { y: made[0]! };
    };
    const native = { dialect: 'native', run: run! } as const;
    await expect(runEmitted(ort, native, tensors, build)).rejects.toThrow(message);
  }); // prettier-ignore
});
