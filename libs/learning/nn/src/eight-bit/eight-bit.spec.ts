import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  initialize,
  lowerInference,
  lowerObserved,
  NetworkBuilder,
  type Network,
  type Ranges,
  type StateDict,
  type Tensor,
} from '../index.js';
import { opData } from '../testing/op-data.js';
import { runOnnx } from '../testing/run-onnx.js';
import { byteEncoding, layerBytes } from './encoding.js';

describe('the bytes of a value', () => {
  // compute_scale_zp(rmin, rmax, np.uint8(0), np.uint8(255)) of onnxruntime 1.32's quantization.quant_utils, in float32.
  it.each([
    [-1, 3, 0.01568627543747425, 64],
    [0, 6, 0.0235294122248888, 0],
    [0.5, 2, 0.007843137718737125, 0],
    [-4, -1, 0.01568627543747425, 255],
    [-0.28, 2.27, 0.009999999776482582, 28],
  ])('from %d to %d are those of the Python quantizer', (low, high, scale, zeroPoint) => {
    const found = byteEncoding({ low, high });
    // The last bit: Python subtracts in float32.
    expect(found.scale).toBeCloseTo(scale, 9);
    expect(found.zeroPoint).toBe(zeroPoint);
  });

  it('of a value that was always zero have some scale', () => {
    for (const high of [0, 1e-45, 1e-37])
      expect(byteEncoding({ low: 0, high })).toEqual({ scale: 1, zeroPoint: 0 });
  });
});

describe('the weights of a layer', () => {
  it('are whole numbers up to 64, each output with a scale of its own, the bias in units of both scales', () => {
    const { weights, scales, bias } = layerBytes(
      Float32Array.of(0.5, -1, 64, 32.5),
      Float32Array.of(3, -7),
      0.5,
    );
    expect([...scales]).toEqual([1 / 64, 1]);
    // 32.5 rounds up.
    expect([...weights]).toEqual([32, -64, 64, 33]);
    // 3 / (0.5 / 64), -7 / 0.5.
    expect([...bias]).toEqual([384, -14]);
  });

  it('never let the sum of two products leave 16 bits', () => {
    const { weights } = layerBytes(Float32Array.of(1, 1, -1, -1), Float32Array.of(0), 1);
    for (let i = 0; i < 4; i += 2)
      expect(Math.abs(255 * weights[i]! + 255 * weights[i + 1]!)).toBeLessThan(2 ** 15);
  });

  it('give way where the bias would not fit into 32 bits', () => {
    const { weights, scales, bias } = layerBytes(Float32Array.of(1e-12, 0), Float32Array.of(1, 0), 0.01);
    expect(weights[0]).toBe(0);
    expect(bias[0]).toBeLessThanOrEqual(2 ** 30);
    expect(bias[0]! * scales[0]! * 0.01).toBeCloseTo(1, 6);
    // No weights and no bias: any scale.
    expect([scales[1], bias[1]]).toEqual([1, 0]);
  });
});

/** Three convolutions of one pixel, of which the last computes in 8 bits; the first two give their input. */
function pixels(
  channels: number,
  outputs: number,
  relu: boolean,
  weight: readonly number[],
  bias: readonly number[],
) {
  const b = new NetworkBuilder('pixels');
  const one = { inChannels: channels, outChannels: channels, kernel: 1, bias: false };
  let x = b.conv2d(b.input('x', [channels, null, null]), 'one', one);
  x = b.conv2d(x, 'two', one);
  const y = b.conv2d(x, 'three', { ...one, outChannels: outputs, bias: true });
  b.output('y', relu ? b.relu(y) : y);
  const network = b.build();
  const identity = Float32Array.from({ length: channels ** 2 }, (_, i) => (i % (channels + 1) === 0 ? 1 : 0));
  const square = { shape: [channels, channels, 1, 1], data: identity };
  const state: StateDict = new Map([
    ['one.weight', square],
    ['two.weight', square],
    ['three.weight', { shape: [outputs, channels, 1, 1], data: Float32Array.from(weight) }],
    ['three.bias', { shape: [outputs], data: Float32Array.from(bias) }],
  ]);
  return { network, state };
}

const range = (low: number, high: number) => ({ low, high });

describe('a convolution in 8 bits', () => {
  // Scale 1 of the input (0 to 255) and of the weights (largest 64): all sums are whole numbers.
  const x = { shape: [1, 3, 1, 2], data: Float32Array.of(200, 255, 3, 255, 255, 0) };

  it('gives the sums of whole numbers, rounded to the steps of its range', async () => {
    const { network, state } = pixels(3, 2, false, [64, -64, 10, -64, 5, 0], [7, 0]);
    const ranges: Ranges = new Map([
      ['two', range(0, 255)],
      ['three', range(-12_800, 12_700)],
    ]);
    const { y } = await runOnnx(ort, lowerInference(network, state, { ranges }), { x });
    // First output: 12,800 - 192 + 2,550 + 7 = 15,165, beyond 12,700; 16,320 - 16,320 + 7 = 7: in steps of 100 it is 0.
    // Second: -12,800 + 15 = -12,785: -12,800; -16,320 + 1,275 = -15,045, below -12,800.
    expect([...y!.data]).toEqual([12_700, 0, -12_800, -12_800]);
  });

  it('cuts off below zero what a ReLU cuts off', async () => {
    const { network, state } = pixels(3, 2, true, [64, -64, 10, -64, 5, 0], [7, 0]);
    const ranges: Ranges = new Map([
      ['two', range(0, 255)],
      ['relu_4', range(0, 25_500)],
    ]);
    const { y } = await runOnnx(ort, lowerInference(network, state, { ranges }), { x });
    // 15,165 is 152 steps of 100.
    expect([...y!.data]).toEqual([15_200, 0, 0, 0]);
  });

  it('activates also where its bytes begin below zero, as they may behind a concatenation', async () => {
    const { network, state } = pixels(3, 2, true, [64, -64, 10, -64, 5, 0], [7, 0]);
    const ranges: Ranges = new Map([
      ['two', range(0, 255)],
      ['relu_4', range(-12_800, 12_700)],
    ]);
    const { y } = await runOnnx(ort, lowerInference(network, state, { ranges }), { x });
    expect([...y!.data]).toEqual([12_700, 0, 0, 0]);
  });

  it('adds the largest products without cutting them off', async () => {
    const { network, state } = pixels(4, 1, false, [64, 64, 64, 64], [0]);
    const largest = { shape: [1, 4, 1, 1], data: new Float32Array(4).fill(255) };
    const ranges: Ranges = new Map([
      ['two', range(0, 255)],
      ['three', range(0, 65_280)],
    ]);
    const { y } = await runOnnx(ort, lowerInference(network, state, { ranges }), { x: largest });
    expect([...y!.data]).toEqual([4 * 255 * 64]);
  });

  it('with a kernel, groups and padding errs by no more than the steps of its numbers allow', async () => {
    const b = new NetworkBuilder('kernel');
    const three = { kernel: 3, padding: 1, bias: false };
    let v = b.conv2d(b.input('x', [8, null, null]), 'one', { inChannels: 8, outChannels: 8, ...three });
    v = b.conv2d(v, 'two', { inChannels: 8, outChannels: 8, ...three });
    b.output('read', v);
    b.output('y', b.conv2d(v, 'three', { inChannels: 8, outChannels: 16, ...three, groups: 2, bias: true }));
    const network = b.build();
    const { state, inputs } = opData(network, { x: [2, 8, 9, 7] }, 1);
    const ranges = await observed(network, state, inputs, { outputs: ['read', 'y'] });
    const float = await runOnnx(ort, lowerInference(network, state), inputs);
    const found = await runOnnx(ort, lowerInference(network, state, { ranges, outputs: ['y'] }), inputs);
    const weight = state.get('three.weight')!.data;
    const inputStep = byteEncoding(ranges.get('two')!).scale;
    const outputStep = byteEncoding(ranges.get('three')!).scale;
    const largestInput = Math.max(...float['read']!.data.map(Math.abs));
    for (let output = 0; output < 16; output++) {
      const own = weight.subarray(output * 36, (output + 1) * 36);
      const weightStep = Math.max(...own.map(Math.abs)) / 64;
      const sum = own.reduce((total, value) => total + Math.abs(value), 0);
      // Half a step of each input times its weight, half a step of each weight times its input, and half a step of the bias and the output.
      const bound =
        (inputStep / 2) * (sum + 18 * weightStep) +
        18 * weightStep * largestInput +
        outputStep / 2 +
        inputStep * weightStep;
      for (let sample = 0; sample < 2; sample++) {
        for (let place = 0; place < 63; place++) {
          const at = (sample * 16 + output) * 63 + place;
          expect(Math.abs(found['y']!.data[at]! - float['y']!.data[at]!)).toBeLessThan(bound);
        }
      }
    }
  });
});

/** The ranges of all values over the images. */
async function observed(
  network: Network,
  state: StateDict,
  inputs: Readonly<Record<string, Tensor>>,
  options: { readonly outputs?: readonly string[] } = {},
): Promise<Ranges> {
  const { model, values } = lowerObserved(network, state, options);
  const { lowest, highest } = await runOnnx(ort, model, inputs);
  const [images = 1] = lowest!.shape;
  const column = ({ data }: Tensor, value: number) =>
    Array.from({ length: images }, (_, image) => data[image * values.length + value]!);
  return new Map(
    values.map((name, i) => [name, range(Math.min(...column(lowest!, i)), Math.max(...column(highest!, i)))]),
  );
}

/** All operators that networks have between convolutions. */
function allOperators(): Network {
  const b = new NetworkBuilder('all operators');
  const conv = (
    x: number,
    name: string,
    settings: { inChannels?: number; outChannels?: number; groups?: number; kernel?: number } = {},
  ) => {
    const { kernel = 1, ...rest } = settings;
    return b.conv2d(x, name, { inChannels: 16, outChannels: 16, kernel, padding: (kernel - 1) / 2, ...rest });
  };
  let x = b.conv2d(b.input('image', [3, null, null]), 'stem', {
    inChannels: 3,
    outChannels: 16,
    kernel: 3,
    stride: 2,
    padding: 1,
  });
  x = b.relu(conv(x, 'second'));
  // Pre-activation, as in a densely connected network.
  const grown = conv(b.relu(b.batchNorm(x, 'before', { channels: 16 })), 'grown', { kernel: 3 });
  x = conv(b.concat([b.maxPool2d(x, { kernel: 3, stride: 1, padding: 1 }), grown]), 'narrow', {
    inChannels: 32,
  });
  x = b.batchNorm(x, 'after', { channels: 16 });
  // An inverted bottleneck with squeeze and excitation.
  const wide = b.swish(conv(x, 'depthwise', { groups: 16, kernel: 3 }));
  const gate = b.sigmoid(conv(b.swish(conv(b.globalAvgPool(wide), 'down')), 'up'));
  x = b.add(x, conv(b.mul(wide, gate), 'project'));
  // A residual branch that is scaled, and a ReLU of a value that others read too.
  const branch = b.scale(conv(b.relu(x), 'branch', { groups: 4, kernel: 3 }), 0.3);
  x = b.relu(b.add(x, branch));
  x = conv(b.relu(b.batchNorm(x, 'between', { channels: 16 })), 'mixed');
  x = b.relu6(conv(b.avgPool2d(x, { kernel: 2, stride: 2 }), 'last'));
  b.output('maps', x);
  b.output('logits', b.linear(b.flatten(b.globalAvgPool(x)), 'head', { inFeatures: 16, outFeatures: 2 }));
  return b.build();
}

/** Fused or as they stand: with all optimizations, or none. */
async function run(model: Uint8Array, level: 'all' | 'disabled', images: Tensor) {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const { logits, maps } = await session.run({ image: new ort.Tensor('float32', images.data, images.shape) });
  await session.release();
  return { logits: logits!.data as Float32Array, maps: maps!.data as Float32Array };
}

describe('a network in 8 bits', () => {
  const network = allOperators();
  const { state, inputs } = opData(network, { image: [4, 3, 20, 20] }, 2);
  const images = inputs['image']!;

  it('gives on bytes what its float operators between pairs of roundings give', async () => {
    const ranges = await observed(network, state, inputs);
    const model = lowerInference(network, state, { ranges });
    const [fused, plain] = [await run(model, 'all', images), await run(model, 'disabled', images)];
    // Both round alike; a sum that lies on the border of two steps may fall to either side, and moves the sums after it by a step.
    const step = byteEncoding(ranges.get('relu6_31')!).scale;
    const differences = fused.maps.map((value, i) => Math.abs(value - plain.maps[i]!));
    expect(Math.max(...differences)).toBeLessThan(4 * step);
    expect(differences.filter((one) => one > 0.5 * step).length).toBeLessThan(0.1 * differences.length);
    fused.logits.forEach((value, i) => expect(Math.abs(value - plain.logits[i]!)).toBeLessThan(step));
  });

  it('gives nearly what it gives in float32', async () => {
    const ranges = await observed(network, state, inputs);
    const float = await run(lowerInference(network, state), 'all', images);
    const found = await run(lowerInference(network, state, { ranges }), 'all', images);
    const spread = Math.max(...float.maps) - Math.min(...float.maps);
    const mean =
      float.maps.reduce((sum, value, i) => sum + Math.abs(value - found.maps[i]!), 0) / float.maps.length;
    expect(spread).toBeGreaterThan(0.1);
    // A dozen layers of 7 and 8 bits in a row.
    expect(mean / spread).toBeLessThan(0.03);
    expect(mean).toBeGreaterThan(0);
  });

  it('is a quarter as large', () => {
    const wide = new NetworkBuilder('wide');
    let x = wide.input('x', [3, null, null]);
    for (const [i, inChannels] of [3, 8, 128, 128].entries())
      x = wide.conv2d(x, `c${i}`, { inChannels, outChannels: i === 0 ? 8 : 128, kernel: 3 });
    wide.output('y', x);
    const large = wide.build();
    const state = initialize(large, 1);
    const ranges: Ranges = new Map(['c1', 'c2', 'c3'].map((name) => [name, range(-1, 1)]));
    const [float, bytes] = [lowerInference(large, state), lowerInference(large, state, { ranges })];
    expect(bytes.length / float.length).toBeLessThan(0.3);
  });

  it('refuses the ranges of another network', async () => {
    const ranges = new Map(await observed(network, state, inputs));
    const [first = ''] = ranges.keys();
    const lower = (changed: Ranges) => () => lowerInference(network, state, { ranges: changed });
    expect(lower(new Map([...ranges, ['stranger', range(0, 1)]]))).toThrow(/they name stranger/);
    expect(lower(new Map([...ranges].slice(1)))).toThrow(`they lack ${first}`);
    for (const wrong of [range(NaN, 1), range(0, NaN), range(0, Infinity), range(2, 1), range(0, 1e300)])
      expect(lower(new Map([...ranges, [first, wrong]]))).toThrow(/that of .* is/);
  });

  it.each([NaN, Infinity])('refuses weights of %d, which bytes would turn into zero', async (value) => {
    const ranges = await observed(network, state, inputs);
    const { name, shape } = network.parameters.filter(({ kind }) => kind === 'convWeight').at(-1)!;
    const data = new Float32Array(state.get(name)!.data);
    data[1] = value;
    const lower = () => lowerInference(network, new Map([...state, [name, { shape, data }]]), { ranges });
    expect(lower).toThrow(expect.objectContaining({ code: 'nn/parameter' }));
  });

  it('refuses a network that would have nothing in 8 bits', () => {
    const b = new NetworkBuilder('small');
    const x = b.input('x', [3, null, null]);
    b.output('y', b.conv2d(x, 'only', { inChannels: 3, outChannels: 4, kernel: 1 }));
    const small = b.build();
    expect(() => lowerObserved(small, initialize(small, 1))).toThrow(/no convolution behind the first 2/);
  });
});
