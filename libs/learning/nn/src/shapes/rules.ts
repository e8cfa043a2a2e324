import { IchorError } from '@ichor/files/error';
import { elementwiseRules } from '../elementwise/operators.js';
import type { NetworkNode } from '../network.js';
import { noiseRules } from '../noise/operators.js';
import type { NodeOf, RuleTable } from '../rules.js';
import { elementCount, type Shape } from '../tensor.js';
import { convPadding, convSize, kernelExtent, poolSize } from './window.js';

/** Shape of a parameter by its full name. */
type ParameterShape = (name: string) => Shape;
type ShapeRule = readonly [inputs: readonly Shape[], parameter: ParameterShape];

const text = (shape: Shape) => `[${shape.join(', ')}]`;

function mismatch(node: NetworkNode, expected: string, received: readonly Shape[]): IchorError {
  return new IchorError({
    code: 'nn/shape',
    reason: `${node.name} (${node.op}) expects ${expected}, received ${received.map(text).join(' and ')}`,
    remedy: 'check the sizes of the inputs against the network',
  });
}

function one(node: NetworkNode, inputs: readonly Shape[]): Shape {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) throw mismatch(node, 'one input', inputs);
  return input;
}

function image(node: NetworkNode, inputs: readonly Shape[]): readonly [number, number, number, number] {
  const [batch, channels, height, width, ...rest] = one(node, inputs);
  if (
    batch === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    rest.length
  )
    throw mismatch(node, '[N, C, H, W]', inputs);
  return [batch, channels, height, width];
}

function conv2d(node: NodeOf<'conv2d'>, inputs: readonly Shape[], parameter: ParameterShape): Shape {
  const [batch, channels, height, width] = image(node, inputs);
  const { kernel, stride, dilation, groups } = node.attributes;
  const weight = parameter(node.parameters['weight'] ?? '');
  if (channels !== (weight[1] ?? 0) * groups) {
    throw mismatch(node, `${(weight[1] ?? 0) * groups} channels`, inputs);
  }
  const padding = convPadding(node.attributes, [height, width]);
  const rows = convSize(
    height,
    kernelExtent(kernel[0], dilation[0]),
    stride[0],
    padding.top + padding.bottom,
  );
  const columns = convSize(
    width,
    kernelExtent(kernel[1], dilation[1]),
    stride[1],
    padding.left + padding.right,
  );
  if (rows < 1 || columns < 1)
    throw mismatch(node, `an image no smaller than its kernel ${text(kernel)}`, inputs);
  return [batch, weight[0] ?? 0, rows, columns];
}

function pool(node: NodeOf<'maxPool2d'> | NodeOf<'avgPool2d'>, inputs: readonly Shape[]): Shape {
  const [batch, channels, height, width] = image(node, inputs);
  const [rows, columns] = poolSize([height, width], node.attributes);
  if (rows < 1 || columns < 1)
    throw mismatch(node, `an image no smaller than its window ${text(node.attributes.kernel)}`, inputs);
  return [batch, channels, rows, columns];
}

function batchNorm(node: NodeOf<'batchNorm'>, inputs: readonly Shape[], parameter: ParameterShape): Shape {
  const input = one(node, inputs);
  const [channels] = parameter(node.parameters['weight'] ?? '');
  if ((input.length !== 2 && input.length !== 4) || input[1] !== channels) {
    throw mismatch(node, `[N, ${channels}] or [N, ${channels}, H, W]`, inputs);
  }
  return input;
}

function linear(node: NodeOf<'linear'>, inputs: readonly Shape[], parameter: ParameterShape): Shape {
  const shape = one(node, inputs);
  const { sequence } = node.attributes;
  const [outputs, expected] = parameter(node.parameters['weight'] ?? '');
  if (shape.length !== (sequence ? 3 : 2) || shape.at(-1) !== expected) {
    throw mismatch(node, sequence ? `[N, T, ${expected}]` : `[N, ${expected}]`, inputs);
  }
  return [...shape.slice(0, -1), outputs ?? 0];
}

function add(node: NetworkNode, inputs: readonly Shape[]): Shape {
  const [a, b] = inputs;
  if (!a || !b || inputs.length !== 2 || text(a) !== text(b))
    throw mismatch(node, 'two equal shapes', inputs);
  return a;
}

function mul(node: NetworkNode, inputs: readonly Shape[]): Shape {
  const [a, b] = inputs;
  if (!a || !b || inputs.length !== 2) throw mismatch(node, 'two inputs', inputs);
  const perChannel =
    b.length === 4 && a.length === 4 && a[0] === b[0] && a[1] === b[1] && b[2] === 1 && b[3] === 1;
  if (text(a) !== text(b) && !perChannel)
    throw mismatch(node, 'equal shapes, or [N, C, 1, 1] second', inputs);
  return a;
}

function concat(node: NetworkNode, inputs: readonly Shape[]): Shape {
  const [first] = inputs;
  if (first === undefined || first.length < 2) throw mismatch(node, 'at least one input', inputs);
  const rest = (shape: Shape) => text(shape.filter((_, axis) => axis !== 1));
  if (inputs.some((shape) => rest(shape) !== rest(first)))
    throw mismatch(node, 'equal sizes but for channels', inputs);
  return first.map((size, axis) =>
    axis === 1 ? inputs.reduce((sum, shape) => sum + (shape[1] ?? 0), 0) : size,
  );
}

/** The sequence of a node that reads a sequence [N, T, C] and its mask [N, T]. */
function withMask(node: NetworkNode, inputs: readonly Shape[]): Shape {
  const [sequence, mask] = inputs;
  const fits =
    inputs.length === 2 &&
    sequence?.length === 3 &&
    mask?.length === 2 &&
    text(sequence.slice(0, 2)) === text(mask);
  if (!fits) throw mismatch(node, 'a sequence [N, T, C] and its mask [N, T]', inputs);
  return sequence;
}

function recurrent(
  node: NodeOf<'gru'> | NodeOf<'lstm'>,
  inputs: readonly Shape[],
  parameter: ParameterShape,
): Shape {
  const [batch = 0, steps = 0, features] = withMask(node, inputs);
  const [, expected] = parameter(node.parameters['weight_ih'] ?? '');
  if (features !== expected) throw mismatch(node, `[N, T, ${expected}] and a mask [N, T]`, inputs);
  const { hidden, bidirectional } = node.attributes;
  return [batch, steps, bidirectional ? 2 * hidden : hidden];
}

/** Output shape of each operator; every rule throws `nn/shape` with the node's name for what it cannot take. */
export const shapeRules: RuleTable<ShapeRule, Shape> = {
  conv2d,
  linear,
  batchNorm,
  maxPool2d: pool,
  avgPool2d: pool,
  globalAvgPool: (node, inputs) => [...image(node, inputs).slice(0, 2), 1, 1],
  add,
  mul,
  concat,
  flatten: (node, inputs) => {
    const [batch = 0, ...rest] = one(node, inputs);
    return [batch, elementCount(rest)];
  },
  layerNorm: (node, inputs, parameter) => {
    const input = one(node, inputs);
    const [channels] = parameter(node.parameters['weight'] ?? '');
    if (input.length < 2 || input.at(-1) !== channels) throw mismatch(node, `[N, ..., ${channels}]`, inputs);
    return input;
  },
  gru: recurrent,
  lstm: recurrent,
  maskedSoftmax: (node, inputs) => withMask(node, inputs),
  sequenceSum: (node, inputs) => {
    const [batch, steps, channels, ...rest] = one(node, inputs);
    if (batch === undefined || steps === undefined || channels === undefined || rest.length > 0)
      throw mismatch(node, '[N, T, C]', inputs);
    return [batch, channels];
  },
  ...elementwiseRules((_operator, node, inputs) => one(node, inputs)),
  ...noiseRules(({ rank }, node, inputs) => {
    const input = one(node, inputs);
    if (rank !== undefined && input.length !== rank) throw mismatch(node, '[N, T, C]', inputs);
    return input;
  }),
};
