import { NetworkBuilder } from '../builder.js';
import {
  elementwiseNames,
  type ElementwiseAttributes,
  type ElementwiseName,
} from '../elementwise/operators.js';
import type { Network, ValueId } from '../network.js';
import { inferShapes } from '../shapes/infer.js';
import type { Shape } from '../tensor.js';

export interface OpCase {
  readonly name: string;
  readonly network: Network;
  /** Shapes of the inputs by name. An input `mask` marks the existing steps of a sequence. */
  readonly inputs: Readonly<Record<string, Shape>>;
}

/** Channels, height and width before the operator. */
type Size = readonly [channels: number, height: number, width: number];

/** Logits of each case. */
export const CASE_CLASSES = 3;

/**
 * A small network around one operator: a convolution before it, whose weights' gradient depends on every
 * element of the operator's input gradient, and a linear layer after it, to which every output counts.
 */
function around(
  name: string,
  [channels, height, width]: Size,
  op: (builder: NetworkBuilder, x: ValueId) => ValueId,
  batch = 3,
): OpCase {
  const image: Shape = [batch, 2, height, width];
  const start = () => {
    const builder = new NetworkBuilder(name);
    const x = builder.input('image', [2, height, width]);
    const before = builder.conv2d(x, 'before', {
      inChannels: 2,
      outChannels: channels,
      kernel: 3,
      padding: 1,
      bias: true,
    });
    return { builder, flat: builder.flatten(op(builder, before)) };
  };
  const probe = start();
  const inputs = { image };
  const shapes = inferShapes(probe.builder.build(), inputs);
  const { builder, flat } = start();
  const inFeatures = shapes.get(probe.flat)?.[1] ?? 0;
  builder.output('logits', builder.linear(flat, 'head', { inFeatures, outFeatures: CASE_CLASSES }));
  return { name, network: builder.build(), inputs };
}

type ConvOptions = Parameters<NetworkBuilder['conv2d']>[2];
type PoolOptions = Parameters<NetworkBuilder['avgPool2d']>[1];

const conv = (name: string, size: Size, options: Omit<ConvOptions, 'inChannels'>, batch?: number) =>
  around(
    `conv2d ${name}`,
    size,
    (builder, x) => builder.conv2d(x, 'op', { inChannels: size[0], ...options }),
    batch,
  );

const convolutions = [
  conv('1x1', [5, 4, 6], { outChannels: 7, kernel: 1 }),
  conv('1x1 on a large image', [3, 16, 15], { outChannels: 2, kernel: 1 }),
  conv('1x1 of one sample', [5, 4, 6], { outChannels: 7, kernel: 1 }, 1),
  conv('1x1, stride 2', [4, 7, 8], { outChannels: 6, kernel: 1, stride: 2 }),
  conv('1x1, stride 2, large', [3, 31, 30], { outChannels: 2, kernel: 1, stride: 2 }),
  conv('1x1, padded', [3, 5, 4], { outChannels: 2, kernel: 1, padding: 1 }),
  conv('3x3 with bias', [3, 6, 5], { outChannels: 4, kernel: 3, padding: 1, bias: true }),
  conv('3x3 on a large image', [9, 17, 16], { outChannels: 3, kernel: 3, padding: 1 }),
  conv('3x3, stride 2', [3, 8, 7], { outChannels: 4, kernel: 3, stride: 2, padding: 1 }),
  conv('5x3, stride 2x3, dilation 2x1', [3, 13, 11], {
    outChannels: 4,
    kernel: [5, 3],
    stride: [2, 3],
    dilation: [2, 1],
    padding: [3, 1],
  }),
  conv('1x7', [4, 5, 9], { outChannels: 3, kernel: [1, 7], padding: [0, 3] }),
  conv('asymmetric padding', [3, 6, 7], {
    outChannels: 2,
    kernel: 3,
    stride: 2,
    padding: { top: 0, left: 2, bottom: 1, right: 0 },
  }),
  conv('padding beyond the kernel', [2, 4, 5], { outChannels: 2, kernel: 2, padding: 3 }),
  conv('pixels that no window reads', [3, 8, 9], { outChannels: 2, kernel: 2, stride: 3 }),
  conv('grouped', [8, 5, 6], { outChannels: 12, kernel: 3, padding: 1, groups: 4 }),
  conv('grouped, stride 2', [12, 7, 6], { outChannels: 6, kernel: 3, stride: 2, padding: 1, groups: 3 }),
  conv('grouped on a large image', [8, 16, 15], { outChannels: 8, kernel: 3, padding: 1, groups: 4 }),
  conv('grouped, 16 channels each', [32, 4, 4], { outChannels: 32, kernel: 3, padding: 1, groups: 2 }),
  conv('grouped 1x1', [6, 4, 5], { outChannels: 9, kernel: 1, groups: 3 }),
  conv('depthwise', [5, 7, 6], { outChannels: 5, kernel: 3, padding: 1, groups: 5 }),
  conv('depthwise 5x5, stride 2, same', [4, 9, 8], {
    outChannels: 4,
    kernel: 5,
    stride: 2,
    padding: 'same',
    groups: 4,
  }),
  conv('depthwise with multiplier', [3, 6, 5], { outChannels: 6, kernel: 3, padding: 1, groups: 3 }),
  conv('depthwise in blocks of channels', [20, 6, 5], { outChannels: 20, kernel: 3, padding: 1, groups: 20 }),
  conv('depthwise in blocks, stride 2, dilated', [16, 9, 11], {
    outChannels: 16,
    kernel: [3, 5],
    stride: 2,
    dilation: [2, 1],
    padding: { top: 1, left: 2, bottom: 2, right: 0 },
    groups: 16,
  }),
  conv('depthwise in blocks, same, stride 2', [32, 8, 7], {
    outChannels: 32,
    kernel: 5,
    stride: 2,
    padding: 'same',
    groups: 32,
  }),
  conv('3x2 in blocks', [16, 7, 6], { outChannels: 32, kernel: [3, 2], padding: 1 }),
  conv('grouped in blocks, stride 2', [32, 7, 6], {
    outChannels: 64,
    kernel: 3,
    stride: 2,
    padding: 1,
    groups: 2,
  }),
  conv('same, stride 2, odd and even', [3, 7, 8], { outChannels: 4, kernel: 3, stride: 2, padding: 'same' }),
  conv('same, stride 3 over kernel 1', [2, 7, 8], { outChannels: 3, kernel: 1, stride: 3, padding: 'same' }),
  conv('same, dilated', [2, 7, 6], { outChannels: 3, kernel: 3, dilation: 2, padding: 'same' }),
];

const pools: readonly (readonly [string, Size, PoolOptions])[] = [
  ['3/2, padding 1', [3, 8, 7], { kernel: 3, stride: 2, padding: 1 }],
  ['3/2, ceil', [3, 8, 6], { kernel: 3, stride: 2, ceilMode: true }],
  ['3/2, ceil, padding 1', [2, 7, 8], { kernel: 3, stride: 2, padding: 1, ceilMode: true }],
  ['2/3, ceil', [2, 7, 9], { kernel: 2, stride: 3, ceilMode: true }],
  ['3x2/1x2', [2, 5, 7], { kernel: [3, 2], stride: [1, 2] }],
  ['2/2 with a rest', [3, 7, 9], { kernel: 2 }],
  ['3/1, asymmetric', [2, 5, 6], { kernel: 3, stride: 1, padding: { top: 1, left: 0, bottom: 0, right: 1 } }],
];

const pooling = pools.flatMap(([name, size, options]) => [
  around(`maxPool2d ${name}`, size, (builder, x) => builder.maxPool2d(x, options)),
  around(`avgPool2d ${name}`, size, (builder, x) => builder.avgPool2d(x, options)),
  around(`avgPool2d ${name}, padding not counted`, size, (builder, x) =>
    builder.avgPool2d(x, { ...options, countIncludePad: false }),
  ),
]);

/** Layers that each see what all before them gave, as in Huang et al. 2017, and the norm after them. */
function denseBlock(b: NetworkBuilder, x: ValueId, channels: number): ValueId {
  let seen = x;
  for (let layer = 0; layer < 3; layer++) {
    const inChannels = channels + 2 * layer;
    const normed = b.relu(b.batchNorm(seen, `norm${layer}`, { channels: inChannels }));
    const grown = b.conv2d(normed, `conv${layer}`, { inChannels, outChannels: 2, kernel: 3, padding: 1 });
    seen = b.concat([seen, grown]);
  }
  return b.batchNorm(seen, 'op', { channels: channels + 6 });
}

const others = [
  around('batchNorm', [4, 5, 3], (b, x) => b.batchNorm(x, 'op', { channels: 4, eps: 1e-3, momentum: 0.01 })),
  around('batchNorm on a large image', [3, 8, 7], (b, x) => b.batchNorm(x, 'op', { channels: 3 })),
  around(
    'batchNorm of vectors',
    [2, 2, 3],
    (b, x) => b.batchNorm(b.flatten(x), 'op', { channels: 12, momentum: 0.3 }),
    5,
  ),
  around('batchNorm before a convolution', [4, 16, 15], (b, x) =>
    b.conv2d(b.relu(b.batchNorm(x, 'op', { channels: 4 })), 'conv', {
      inChannels: 4,
      outChannels: 2,
      kernel: 1,
    }),
  ),
  around('convolution before batchNorm', [4, 16, 15], (b, x) => {
    const y = b.conv2d(x, 'conv', { inChannels: 4, outChannels: 6, kernel: 3, groups: 2 });
    return b.batchNorm(y, 'op', { channels: 6 });
  }),
  around('avgPool2d before a narrower convolution', [5, 6, 7], (b, x) => {
    const pooled = b.avgPool2d(x, { kernel: 3, stride: 1, padding: 1, countIncludePad: false });
    const y = b.conv2d(pooled, 'conv', { inChannels: 5, outChannels: 2, kernel: 1 });
    return b.relu(b.batchNorm(y, 'op', { channels: 2 }));
  }),
  around('dense block', [3, 4, 5], (b, x) => denseBlock(b, x, 3)),
  around('dense block on a large image', [3, 11, 10], (b, x) => denseBlock(b, x, 3)),
  around('norms of one value and its sum', [3, 4, 5], (b, x) =>
    b.add(b.batchNorm(x, 'op', { channels: 3 }), b.add(x, b.relu(b.batchNorm(x, 'other', { channels: 3 })))),
  ),
  // Some values are below 0, some between, some above 6.
  around('relu6 and beyond', [3, 4, 5], (b, x) => b.relu6(b.scale(x, 8))),
  around('globalAvgPool', [5, 4, 3], (b, x) => b.globalAvgPool(x)),
  around('add', [3, 4, 5], (b, x) => b.add(b.sigmoid(x), b.relu(x))),
  around('add to itself', [3, 4, 5], (b, x) => b.add(x, x)),
  around('mul', [3, 4, 5], (b, x) => b.mul(b.sigmoid(x), x)),
  around('mul by a factor per channel', [3, 4, 5], (b, x) => b.mul(x, b.sigmoid(b.globalAvgPool(x)))),
  around('mul by a factor per channel, large', [2, 9, 8], (b, x) => b.mul(x, b.sigmoid(b.globalAvgPool(x)))),
  around('concat', [3, 4, 5], (b, x) => b.concat([b.relu(x), x, b.maxPool2d(x, { kernel: 1 })])),
  around('flatten and linear', [2, 3, 2], (b, x) =>
    b.relu(b.linear(b.flatten(x), 'op', { inFeatures: 12, outFeatures: 7, bias: false })),
  ),
  around('dropout', [3, 4, 5], (b, x) => b.dropout(x, 0.3)),
  around('dropConnect', [3, 4, 5], (b, x) => b.add(x, b.dropConnect(b.relu(x), 0.4)), 6),
];

/**
 * A small network around an operator on sequences: a linear layer before it, whose weights' gradient depends on every
 * element of the operator's input gradient, and one after it that reads all of its output.
 */
function aroundSequence(
  name: string,
  [steps, features]: readonly [steps: number, features: number],
  op: (builder: NetworkBuilder, x: ValueId, mask: ValueId) => ValueId,
  batch = 3,
): OpCase {
  const inputs = { sequence: [batch, steps, 2], mask: [batch, steps] };
  const start = () => {
    const builder = new NetworkBuilder(name);
    const x = builder.input('sequence', [steps, 2]);
    const mask = builder.input('mask', [steps]);
    const before = builder.linear(x, 'before', { inFeatures: 2, outFeatures: features, sequence: true });
    return { builder, flat: builder.flatten(op(builder, before, mask)) };
  };
  const probe = start();
  const inFeatures = inferShapes(probe.builder.build(), inputs).get(probe.flat)?.[1] ?? 0;
  const { builder, flat } = start();
  builder.output('logits', builder.linear(flat, 'head', { inFeatures, outFeatures: CASE_CLASSES }));
  return { name, network: builder.build(), inputs };
}

const sequences = [
  aroundSequence('layerNorm', [4, 5], (b, x) => b.layerNorm(x, 'op', { channels: 5, eps: 1e-3 })),
  around('layerNorm of vectors', [2, 2, 3], (b, x) => b.layerNorm(b.flatten(x), 'op', { channels: 12 })),
  aroundSequence('linear over a sequence', [4, 5], (b, x) =>
    b.linear(x, 'op', { inFeatures: 5, outFeatures: 3, bias: false, sequence: true }),
  ),
  aroundSequence('gru', [5, 4], (b, x, mask) => b.gru(x, mask, 'op', { inFeatures: 4, hidden: 3 })),
  aroundSequence('gru of one step', [1, 4], (b, x, mask) =>
    b.gru(x, mask, 'op', { inFeatures: 4, hidden: 3, bidirectional: true }),
  ),
  aroundSequence('two layers of gru in both directions', [6, 3], (b, x, mask) => {
    const below = b.gru(x, mask, 'op', { inFeatures: 3, hidden: 2, bidirectional: true });
    return b.gru(below, mask, 'op', { inFeatures: 4, hidden: 3, bidirectional: true, layer: 1 });
  }),
  aroundSequence('lstm', [5, 4], (b, x, mask) => b.lstm(x, mask, 'op', { inFeatures: 4, hidden: 3 })),
  aroundSequence('two layers of lstm in both directions', [6, 3], (b, x, mask) => {
    const below = b.lstm(x, mask, 'op', { inFeatures: 3, hidden: 2, bidirectional: true });
    return b.lstm(below, mask, 'op', { inFeatures: 4, hidden: 3, bidirectional: true, layer: 1 });
  }),
  aroundSequence('attention', [5, 4], (b, x, mask) => {
    const weights = b.maskedSoftmax(b.scale(x, 3), mask);
    return b.sequenceSum(b.mul(weights, b.tanh(x)));
  }),
  aroundSequence('gaussianNoise', [4, 3], (b, x) => b.tanh(b.gaussianNoise(x, 0.4))),
  aroundSequence('dropSteps', [6, 3], (b, x) => b.dropSteps(x, 0.4)),
];

/** Of those element-wise operators that have any. */
const attributes: {
  readonly [
    Op in ElementwiseName as keyof ElementwiseAttributes[Op] extends never ? never : Op
  ]: ElementwiseAttributes[Op];
} = { scale: { factor: -0.17 } };

/** On images, and on sequences with larger numbers, where most of them bend. */
const elementwise = elementwiseNames.flatMap((op) => {
  const given = new Map<string, object>(Object.entries(attributes)).get(op) ?? {};
  const apply = (b: NetworkBuilder, x: ValueId) =>
    b.elementwise(op, x, given as ElementwiseAttributes[typeof op]);
  return [
    around(op, [3, 4, 5], apply),
    aroundSequence(`${op} over a sequence`, [3, 4], (b, x) => apply(b, b.scale(x, 4))),
  ];
});

/** Every operator with odd shapes. */
export const opCases: readonly OpCase[] = [
  ...convolutions,
  ...pooling,
  ...others,
  ...sequences,
  ...elementwise,
];
