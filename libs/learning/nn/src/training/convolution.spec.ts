import { nativeRunner } from '@ichor/native-operators/testing';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { lowerings, runEmitted } from '../testing/run-emitted.js';
import { pixelReader, toTensor64 } from '../testing/tensor64.js';
import type { Padding2d, Pair } from '../ops.js';
import { convSize, kernelExtent } from '../shapes/window.js';
import { elementCount, type Shape, type Tensor } from '../tensor.js';
import { blockedConv, takesBlocks } from './blocked-convolution.js';
import { Emitter, type ConvGeometry } from './emitter.js';
import { gatheredWeightGradient } from './gathered-weight-gradient.js';
import { inputGradient } from './input-gradient.js';
import { weightGradient } from './weight-gradient.js';

/*
 * Oracle: the three sums of a convolution written as loops. All values are small whole numbers, so every sum is exact in
 * float32 and the results must be equal.
 *
 *   Y[n, o, y, x]  = sum of W[o, i, h, w] X[n, g i, y s + h d - p, x s + w d - p]
 *   dW[o, i, h, w] = sum of dY[n, o, y, x] X[n, g i, y s + h d - p, x s + w d - p]
 *   dX            the same products, each added where its X was read
 */
interface Case {
  readonly image: readonly [batch: number, channels: number, height: number, width: number];
  readonly outputs: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  readonly padding?: Padding2d;
}

const around = (extent: number): Padding2d => ({ top: extent, left: extent, bottom: extent, right: extent });

/** By the way that the weight gradient is computed. */
const cases: Readonly<Record<string, Case>> = {
  'few channels': { image: [2, 3, 16, 15], outputs: 5, kernel: [3, 3], padding: around(1) },
  'few channels, stride 2': { image: [2, 3, 9, 8], outputs: 4, kernel: [7, 7], stride: [2, 2], padding: around(3) },
  'all taps gathered, samples folded': { image: [3, 9, 6, 5], outputs: 4, kernel: [3, 2], padding: around(1) },
  'a product for each tap and sample': { image: [1, 9, 6, 5], outputs: 4, kernel: [5, 5], padding: around(2) },
  'gradient moved by rows, image by columns': { image: [2, 9, 17, 16], outputs: 3, kernel: [3, 3], padding: around(1) },
  'gradient moved, columns picked': { image: [1, 9, 17, 16], outputs: 3, kernel: [3, 3], stride: [1, 2] },
  'stride, dilation, uneven padding': {
    image: [2, 10, 13, 11],
    outputs: 4,
    kernel: [5, 3],
    stride: [2, 3],
    dilation: [2, 1],
    padding: { top: 3, left: 0, bottom: 1, right: 2 },
  },
  'groups merged into one product': { image: [2, 8, 5, 6], outputs: 12, kernel: [3, 3], groups: 4, padding: around(1) },
  'groups merged, of one sample': { image: [1, 8, 16, 15], outputs: 8, kernel: [3, 3], groups: 4 },
  'groups of 16 channels': { image: [2, 32, 4, 4], outputs: 32, kernel: [3, 3], groups: 2, padding: around(1) },
  'depthwise': { image: [2, 5, 7, 6], outputs: 5, kernel: [3, 3], groups: 5, padding: around(1) },
  'depthwise, blocks not full': { image: [2, 20, 6, 5], outputs: 20, kernel: [3, 3], groups: 20, padding: around(1) },
  'depthwise, strided and dilated': {
    image: [2, 16, 9, 11],
    outputs: 16,
    kernel: [3, 5],
    stride: [2, 2],
    dilation: [2, 1],
    groups: 16,
    padding: { top: 1, left: 2, bottom: 2, right: 0 },
  },
  'depthwise, pixels that no window reads': { image: [2, 16, 8, 9], outputs: 16, kernel: [2, 2], stride: [3, 3], groups: 16 },
  'whole blocks': { image: [2, 16, 7, 6], outputs: 32, kernel: [3, 2], padding: around(1) },
  'whole blocks in groups, stride 2': { image: [1, 32, 7, 6], outputs: 64, kernel: [3, 3], stride: [2, 2], groups: 2 },
  'groups merged into a block': { image: [2, 32, 7, 6], outputs: 32, kernel: [3, 3], groups: 4, padding: around(1) },
  'groups merged into blocks of unlike width, stride 2': { image: [1, 32, 7, 6], outputs: 64, kernel: [3, 3], stride: [2, 2], groups: 4 },
  'whole blocks, stride 2, pixels left over': { image: [2, 16, 9, 8], outputs: 16, kernel: [3, 3], stride: [2, 2] },
  'whole blocks, stride 2, rows that no window reads': { image: [1, 32, 12, 10], outputs: 16, kernel: [3, 5], stride: [2, 2] },
  'whole blocks, strides and padding unlike': {
    image: [2, 16, 13, 11],
    outputs: 16,
    kernel: [5, 4],
    stride: [3, 2],
    padding: { top: 2, left: 1, bottom: 3, right: 0 },
  },
  'whole blocks, stride above the kernel': { image: [1, 16, 9, 9], outputs: 16, kernel: [2, 2], stride: [3, 3] },
  'whole blocks, stride and dilation': { image: [1, 16, 9, 9], outputs: 16, kernel: [2, 3], stride: [2, 1], dilation: [1, 2] },
  'groups of several blocks': { image: [2, 64, 5, 4], outputs: 32, kernel: [3, 2], groups: 2, padding: around(1) },
  'groups merged into a block, one output each': { image: [2, 32, 5, 4], outputs: 8, kernel: [3, 3], groups: 8, padding: around(1) },
  'whole blocks, wide kernel': { image: [2, 16, 5, 9], outputs: 16, kernel: [1, 7], padding: { top: 0, left: 3, bottom: 0, right: 3 } },
  'whole blocks, padding of columns uneven': { image: [1, 32, 4, 6], outputs: 16, kernel: [2, 6], padding: { top: 1, left: 4, bottom: 0, right: 1 } },
  'whole blocks, stride, dilation, uneven padding': {
    image: [2, 16, 13, 11],
    outputs: 5,
    kernel: [5, 3],
    stride: [2, 3],
    dilation: [2, 1],
    padding: { top: 3, left: 0, bottom: 1, right: 2 },
  },
  'fewer outputs, its gradient gathered': { image: [2, 32, 7, 6], outputs: 16, kernel: [3, 3], padding: around(1) },
  'fewer outputs, of a larger image': { image: [2, 32, 15, 14], outputs: 16, kernel: [3, 2] },
  'fewer outputs, dilated, uneven padding': {
    image: [2, 40, 6, 9],
    outputs: 16,
    kernel: [2, 3],
    dilation: [2, 1],
    padding: { top: 2, left: 1, bottom: 0, right: 2 },
  },
  'fewer outputs, more padding than the kernel reaches': { image: [1, 32, 5, 4], outputs: 16, kernel: [2, 2], padding: around(2) },
  'a channel less than a block': { image: [2, 15, 5, 4], outputs: 7, kernel: [3, 3], padding: around(1) },
  'a channel more than a block': { image: [2, 17, 5, 4], outputs: 9, kernel: [3, 3], padding: around(1) },
  'two samples in strips of one': { image: [2, 64, 40, 42], outputs: 1, kernel: [3, 3], padding: around(1) },
  'one column, one sample': { image: [1, 17, 6, 1], outputs: 16, kernel: [3, 3], padding: around(1) },
  'depthwise, a channel less than a block': { image: [1, 15, 5, 4], outputs: 15, kernel: [3, 3], groups: 15, padding: around(1) },
  'depthwise, a channel more than a block': { image: [2, 17, 5, 1], outputs: 17, kernel: [5, 5], groups: 17, padding: around(2) },
  'groups of 4 channels, blocks not full': { image: [2, 20, 5, 4], outputs: 20, kernel: [3, 3], groups: 5, padding: around(1) },
  'groups of 8 channels, stride 2': { image: [2, 24, 6, 5], outputs: 24, kernel: [3, 3], stride: [2, 2], groups: 3, padding: around(1) },
  'several hundred channels': { image: [1, 272, 3, 2], outputs: 3, kernel: [3, 2], padding: around(1) },
  'whole blocks, dilated': { image: [1, 16, 9, 9], outputs: 32, kernel: [3, 3], dilation: [2, 1], padding: around(3) },
}; // prettier-ignore

/** Whole numbers from -3 to 3 that no rule of the sums repeats. */
function wholeNumbers(shape: Shape, salt: number): Tensor {
  const data = new Float32Array(elementCount(shape));
  let state = salt;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = (state >>> 16) % 7 - 3; // prettier-ignore
  }
  return { shape, data };
}

function geometryOf({ kernel, stride = [1, 1], dilation = [1, 1], groups = 1 }: Case): ConvGeometry {
  return { kernel, stride, dilation, groups };
}

function tensorsOf(one: Case) {
  const { image, outputs, kernel, padding = around(0) } = one;
  const { stride, dilation, groups } = geometryOf(one);
  const size = [
    convSize(image[2], kernelExtent(kernel[0], dilation[0]), stride[0], padding.top + padding.bottom),
    convSize(image[3], kernelExtent(kernel[1], dilation[1]), stride[1], padding.left + padding.right),
  ];
  return {
    x: wholeNumbers(image, 1),
    weight: wholeNumbers([outputs, image[1] / groups, ...kernel], 2),
    gradient: wholeNumbers([image[0], outputs, ...size], 3),
    padding,
  };
}

/** Every product of the sums: which element of Y, W and X it belongs to; X may lie outside the image. */
function* products(one: Case, { padding, gradient, weight }: ReturnType<typeof tensorsOf>) {
  const { stride, dilation, groups } = geometryOf(one);
  const [batch = 0, outputs = 0, rows = 0, columns = 0] = gradient.shape;
  const [, each = 0, height = 0, width = 0] = weight.shape;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < each; i++)
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++)
            for (let h = 0; h < height; h++)
              for (let w = 0; w < width; w++) {
                const channel = Math.floor(o / (outputs / groups)) * each + i;
                const y = row * stride[0] + h * dilation[0] - padding.top;
                const x = column * stride[1] + w * dilation[1] - padding.left;
                yield { y: [n, o, row, column], w: [o, i, h, w], x: [n, channel, y, x] } as const;
              }
}

const offset = ([, b = 1, c = 1, d = 1]: Shape, [i, j, k, l]: readonly [number, number, number, number]) =>
  ((i * b + j) * c + k) * d + l;

/** The three results by the loops. */
function bySums(one: Case) {
  const tensors = tensorsOf(one);
  const { x, weight, gradient } = tensors;
  const pixel = pixelReader(toTensor64(x), 0);
  const output = new Float32Array(gradient.data.length);
  const dw = new Float32Array(weight.data.length);
  const dx = new Float32Array(x.data.length);
  const [, , height = 0, width = 0] = x.shape;
  for (const at of products(one, tensors)) {
    const [inY, inW] = [offset(gradient.shape, at.y), offset(weight.shape, at.w)];
    const read = pixel(...at.x);
    output[inY]! += weight.data[inW]! * read;
    dw[inW]! += gradient.data[inY]! * read;
    const [, , row, column] = at.x;
    if (row < 0 || column < 0 || row >= height || column >= width) continue;
    dx[offset(x.shape, at.x)]! += gradient.data[inY]! * weight.data[inW]!;
  }
  return { output, dw, dx };
}

const ways = await lowerings(ort, nativeRunner());

describe.each(Object.entries(cases))('a convolution: %s', (_name, one) => {
  const geometry = geometryOf(one);
  const { padding, ...tensors } = tensorsOf(one);
  const expected = bySums(one);

  it.each(ways)('has the output and the gradients of its definition (%s)', async (_way, lowering) => {
    const found = await runEmitted(ort, lowering, tensors, (emit, { x, weight, gradient }) => ({
      output: takesBlocks(emit, weight!, geometry.groups)
        ? blockedConv(emit, x!, weight!, geometry, padding)
        : emit.conv(x!, weight!, geometry, padding),
      dw: weightGradient(emit, x!, gradient!, geometry, padding),
      dx: inputGradient(emit, { x: x!, weight: weight!, gradient: gradient! }, geometry, padding),
    }));
    expect(found['output']!.data).toEqual(expected.output);
    expect(found['dw']!.data.map((value) => value + 0)).toEqual(expected.dw);
    expect(found['dx']!.data).toEqual(expected.dx);
  });
});

describe('takesBlocks', () => {
  const takes = (
    outputs: number,
    inputs: number,
    kernel: number,
    groups: number,
    block: number | undefined = 8,
  ) =>
    takesBlocks(
      new Emitter('cpu', { channelBlock: block }),
      { name: 'w', shape: [outputs, inputs, kernel, kernel] },
      groups,
    );

  it('takes depthwise convolutions of at least one block, the last one filled up from a multiple of 4', () => {
    expect([takes(8, 1, 3, 8), takes(12, 1, 3, 12), takes(10, 1, 3, 10), takes(4, 1, 3, 4)]).toEqual([true, true, false, false]); // prettier-ignore
  });

  it('takes groups of whole blocks, and of 1x1 only those with groups', () => {
    expect([takes(16, 8, 3, 1), takes(16, 12, 3, 1), takes(12, 8, 3, 1)]).toEqual([true, false, false]);
    expect([takes(32, 16, 3, 2), takes(24, 8, 3, 2)]).toEqual([true, false]);
    expect([takes(16, 8, 1, 1), takes(32, 8, 1, 2)]).toEqual([false, true]);
  });

  it('takes none without a block', () => {
    const emit = new Emitter('portable', { channelBlock: 8 });
    expect(takesBlocks(emit, { name: 'w', shape: [8, 1, 3, 3] }, 8)).toBe(false);
  });
});

describe('gatheredWeightGradient', () => {
  const gathers = (channels: number, size: number, { outputs = channels, stride = 1 } = {}) => {
    const emit = new Emitter('cpu', { channelBlock: 8 });
    const one: Case = { image: [8, channels, size, size], outputs, kernel: [3, 3], stride: [stride, stride] };
    const rows = convSize(size, 3, stride, 2);
    const [x, gradient] = [emit.input('x', one.image), emit.input('g', [8, outputs, rows, rows])];
    return gatheredWeightGradient(emit, x, gradient, geometryOf(one), around(1)) !== undefined;
  };

  it('is for whole blocks of channels and for images whose taps fit into 20 MB', () => {
    expect([gathers(64, 32), gathers(60, 32), gathers(64, 34)]).toEqual([true, false, false]);
  });

  it('takes larger images sample by sample where these fit, with many channels or a stride', () => {
    expect([gathers(128, 32), gathers(64, 64, { stride: 2 }), gathers(128, 80)]).toEqual([true, true, false]);
  });

  it('takes larger images of layers with few outputs, up to 32 MB', () => {
    expect([gathers(96, 80, { outputs: 16 }), gathers(96, 90, { outputs: 16 })]).toEqual([true, false]);
  });

  const blocks = ways.filter(([, { channelBlock }]) => channelBlock !== undefined);
  it.skipIf(blocks.length === 0).each(blocks)(
    'gives the same sums sample by sample (%s)',
    async (_name, lowering) => {
      const one: Case = {
        image: [3, 16, 7, 6],
        outputs: 16,
        kernel: [3, 2],
        stride: [2, 1],
        padding: around(1),
      };
      const { x, gradient, padding } = tensorsOf(one);
      // Two samples do not fit.
      const limit = 1.5 * 16 * 6 * elementCount(gradient.shape.slice(2));
      const { dw } = await runEmitted(ort, lowering, { x, gradient }, (emit, { x, gradient }) => {
        const sum = gatheredWeightGradient(emit, x!, gradient!, geometryOf(one), padding, limit);
        return { dw: emit.reshape(sum!, [16, 16, 3, 2]) };
      });
      expect([...dw!.data]).toEqual([...bySums(one).dw]);
    },
  );
});
