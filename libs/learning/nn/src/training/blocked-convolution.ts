import { convAttributes } from '../onnx/window.js';
import type { Padding2d } from '../ops.js';
import { convSize, kernelExtent } from '../shapes/window.js';
import { elementCount, type Shape } from '../tensor.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import { cropNegative } from './spread.js';

/*
 * onnxruntime's CPU provider has convolutions on blocks of channels (`NCHWc`: [N, C / 16, H, W, 16]), two to five
 * times as fast for depthwise and narrow groups as those on whole images. By itself it uses them only with constant
 * weights; here the weights are rearranged by the graph.
 */
export const NCHWC = 'com.microsoft.nchwc';

/**
 * Whether a convolution with such weights gains from blocks: depthwise, or groups that are whole blocks.
 * One of 1x1 without groups is a matrix product, which is as fast without.
 */
export function takesBlocks(emit: Emitter, weight: Value, groups: number): boolean {
  const block = emit.channelBlock;
  const [outputs = 1, inputs = 1, ...kernel] = weight.shape;
  if (block === undefined || (groups === 1 && elementCount(kernel) === 1)) return false;
  const depthwise = groups > 1 && outputs === groups && inputs === 1 && outputs % 4 === 0 && outputs >= block;
  return depthwise || hasWholeBlocks(emit, weight, groups);
}

/** Whether inputs and outputs of a group fill whole blocks. */
export function hasWholeBlocks({ channelBlock: block }: Emitter, weight: Value, groups: number): boolean {
  const [outputs = 1, inputs = 1] = weight.shape;
  return block !== undefined && inputs % block === 0 && (outputs / groups) % block === 0;
}

/** Up to so many groups become one: its weights outside of the groups are zeros, which take time too. */
const MERGED_GROUPS = 2;

/** Groups narrower than a block of channels, as fewer groups of whole blocks where that is possible. */
export function wholeBlocks(
  emit: Emitter,
  weight: Value,
  groups: number,
): { readonly weight: Value; readonly groups: number } {
  const [outputs = 1, inputs = 1, ...kernel] = weight.shape;
  if (groups === 1 || (inputs === 1 && outputs === groups) || hasWholeBlocks(emit, weight, groups))
    return { weight, groups };
  for (let merged = 2; merged <= MERGED_GROUPS; merged++) {
    if (groups % merged !== 0) continue;
    const shape = [outputs, inputs * merged, ...kernel];
    const rest = groups / merged;
    if (!hasWholeBlocks(emit, { name: '', shape }, rest)) continue;
    const split = emit.reshape(weight, [rest, merged, outputs / groups, 1, inputs * elementCount(kernel)]);
    const identity = emit.constant(`identity of groups ${merged}`, [merged, 1, merged, 1], () =>
      Float32Array.from({ length: merged * merged }, (_, i) => Number(i % (merged + 1) === 0)),
    );
    return { weight: emit.reshape(emit.mul(split, identity), shape), groups: rest };
  }
  return { weight, groups };
}

/** A stride 1 or strided convolution of takesBlocks' kind; in and out are plain [N, C, H, W]. */
export function blockedConv(
  emit: Emitter,
  x: Value,
  weight: Value,
  geometry: ConvGeometry,
  padding: Padding2d,
): Value {
  const outputs = weight.shape[0] ?? 1;
  const blocked = toBlocks(emit, x);
  const depthwise = weight.shape[1] === 1 && geometry.groups > 1;
  const groups = depthwise ? (blocked.shape[1] ?? 1) : geometry.groups;
  const kernels = depthwise ? depthwiseBlocks(emit, weight) : groupedBlocks(emit, weight);
  const y = nchwcConv(emit, blocked, kernels, { ...geometry, groups }, padding);
  return fromBlocks(emit, y, outputs);
}

/**
 * Weight gradient of a depthwise convolution, [C, kh kw]: each image of each channel is convolved with its own
 * gradient as the kernel, stride and dilation exchanged.
 */
export function blockedDepthwiseWeightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  { kernel, stride, dilation }: ConvGeometry,
  padding: Padding2d,
): Value {
  const [batch = 1, channels = 1, rows = 1, columns = 1] = gradient.shape;
  const [height = 1, width = 1] = x.shape.slice(-2);
  // As much padding at the end as gives exactly the taps of the kernel.
  const exact = {
    ...padding,
    bottom: (kernel[0] - 1) * dilation[0] + kernelExtent(rows, stride[0]) - height - padding.top,
    right: (kernel[1] - 1) * dilation[1] + kernelExtent(columns, stride[1]) - width - padding.left,
  };
  const { cropped, rest } = cropNegative(emit, x, exact);
  const images = toBlocks(emit, cropped);
  const kernels = toBlocks(emit, gradient);
  const padded = images.shape[1] ?? 1;
  const planes = batch * padded;
  const correlated = nchwcConv(
    emit,
    emit.reshape(images, [1, planes, ...images.shape.slice(2)]),
    emit.reshape(kernels, [planes, 1, rows, columns]),
    { kernel: [rows, columns], stride: dilation, dilation: stride, groups: planes },
    rest,
  );
  const taps = elementCount(kernel);
  const summed = emit.sum(emit.reshape(correlated, [batch, padded * taps]), [0]);
  return emit.reshape(fromBlocks(emit, emit.reshape(summed, [1, padded, taps, 1]), channels), [
    channels,
    taps,
  ]);
}

export function nchwcConv(
  emit: Emitter,
  image: Value,
  weight: Value,
  geometry: ConvGeometry,
  around: Padding2d,
): Value {
  const { kernel, stride, dilation } = geometry;
  const { x, padding } = withColumns(emit, image, weight, around);
  const [batch = 1, , height = 1, width = 1] = x.shape;
  const shape: Shape = [
    batch,
    weight.shape[0] ?? 1,
    convSize(height, kernelExtent(kernel[0], dilation[0]), stride[0], padding.top + padding.bottom),
    convSize(width, kernelExtent(kernel[1], dilation[1]), stride[1], padding.left + padding.right),
  ];
  return emit.node('Conv', [x, weight], shape, convAttributes(geometry, padding), NCHWC);
}

/**
 * The operator computes columns next to the padding one by one, the others six at a time. Where many are next to it, as with kernels
 * of 1 x 7, a copy of the image with its padding is faster.
 */
function withColumns(
  emit: Emitter,
  x: Value,
  weight: Value,
  padding: Padding2d,
): { readonly x: Value; readonly padding: Padding2d } {
  const { left, right } = padding;
  const [, , , width = 1] = x.shape;
  const isDepthwise = weight.shape[1] === 1;
  if (isDepthwise || left + right < FEW_COLUMNS || FEW_COLUMNS * (left + right) < width)
    return { x, padding };
  return {
    x: padBlocks(emit, x, { top: 0, bottom: 0, left, right }),
    padding: { ...padding, left: 0, right: 0 },
  };
}

/** So many columns of padding, and this share of the width, pay for the copy. */
const FEW_COLUMNS = 4;

/** Zeros around an image in blocks. Pad has no threads; a depthwise convolution with weights of 1 has, and does the same. */
export function padBlocks(emit: Emitter, blocks: Value, padding: Padding2d): Value {
  if (Object.values(padding).every((extent) => extent === 0)) return blocks;
  const [batch = 1, channels = 1, height = 1, width = 1] = blocks.shape;
  const ones = emit.constant(`${channels} kernels of 1`, [channels, 1, 1, 1], () =>
    new Float32Array(channels).fill(1),
  );
  const shape = [
    batch,
    channels,
    padding.top + height + padding.bottom,
    padding.left + width + padding.right,
  ];
  const geometry = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], groups: channels } as const;
  return emit.node('Conv', [blocks, ones], shape, convAttributes(geometry, padding), NCHWC);
}

/** [N, C, H, W] in blocks of channels, the last one filled with zeros. */
export function toBlocks(emit: Emitter, x: Value): Value {
  const block = emit.channelBlock ?? 1;
  const [batch = 1, channels = 1, ...size] = x.shape;
  const shape = [batch, Math.ceil(channels / block) * block, ...size];
  return emit.once(`blocks of ${x.name}`, () => emit.node('ReorderInput', [x], shape, {}, NCHWC));
}

export function fromBlocks(emit: Emitter, x: Value, channels: number): Value {
  const [batch = 1, , ...size] = x.shape;
  return emit.node(
    'ReorderOutput',
    [x],
    [batch, channels, ...size],
    { channels: { kind: 'int', value: channels } },
    NCHWC,
  );
}

/** [C, 1, kh, kw] to [C / 16, kh kw, 16], the last block filled with zeros. */
function depthwiseBlocks(emit: Emitter, weight: Value): Value {
  const [channels = 1, , ...kernel] = weight.shape;
  const blocks = toBlocks(emit, emit.reshape(weight, [1, channels, elementCount(kernel), 1]));
  return emit.reshape(blocks, [blocks.shape[1] ?? 1, 1, ...kernel]);
}

/** [O, I / g, kh, kw] to [O / 16, I / (16 g), kh kw, 16 inputs, 16 outputs]. */
function groupedBlocks(emit: Emitter, weight: Value): Value {
  const block = emit.channelBlock ?? 1;
  const [, inputs = 1, ...kernel] = weight.shape;
  const taps = elementCount(kernel);
  const order = emit.indices(`blocks of ${inputs} by ${taps}`, [inputs * taps], () =>
    orderOf([inputs / block, taps, block], ([b = 0, tap = 0, i = 0]) => (b * block + i) * taps + tap),
  );
  return emit.reshape(emit.gather(byOutput(emit, weight), order, 1), weight.shape);
}

/**
 * Kernels that exchange input and output channels, from {@link byOutput}: [I / 16, O / (16 g), taps, 16 outputs, 16 inputs].
 *
 * @param taps of the kernel (row by row) to take, in this order
 */
export function turnedBlocks(
  emit: Emitter,
  weights: Value,
  {
    inputs,
    groups,
    taps,
  }: { readonly inputs: number; readonly groups: number; readonly taps: readonly number[] },
): Value {
  const block = emit.channelBlock ?? 1;
  const [outputBlocks = 1, rows = 1] = weights.shape;
  const kernel = rows / inputs;
  // Blocks of a group.
  const [into, from] = [inputs / block, outputBlocks / groups];
  const squares = groups * into * from * taps.length;
  const key = `turned blocks ${groups} ${into} ${from} ${kernel} ${taps.join()}`;
  const order = emit.indices(key, [squares * block], () =>
    orderOf(
      [groups, into, from, taps.length, block],
      ([group = 0, i = 0, o = 0, tap = 0, lane = 0]) =>
        ((group * from + o) * inputs + i * block + lane) * kernel + (taps[tap] ?? 0),
    ),
  );
  const gathered = emit.gather(emit.reshape(weights, [outputBlocks * rows, block]), order, 0);
  // Turns each square of inputs by outputs.
  return emit.node(
    'ReorderInput',
    [emit.reshape(gathered, [squares, block, block, 1])],
    [squares, block, block, 1],
    {},
    NCHWC,
  );
}

/** [O, I, kh, kw] to [O / 16, I kh kw, 16 outputs], by the operator made for it, which has threads. */
export function byOutput(emit: Emitter, weight: Value): Value {
  const block = emit.channelBlock ?? 1;
  const [outputs = 1, ...rest] = weight.shape;
  const rows = emit.reshape(weight, [1, outputs, elementCount(rest), 1]);
  const reordered = emit.node('ReorderInput', [rows], rows.shape, {}, NCHWC);
  return emit.reshape(reordered, [outputs / block, elementCount(rest), block]);
}

/** Values of a function of an index vector, the last index fastest. */
function orderOf(sizes: Shape, source: (index: readonly number[]) => number): BigInt64Array {
  const order = new BigInt64Array(elementCount(sizes));
  const index = sizes.map(() => 0);
  for (let i = 0; i < order.length; i++) {
    order[i] = BigInt(source(index));
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if (index[axis] !== sizes[axis]) break;
      index[axis] = 0;
    }
  }
  return order;
}
