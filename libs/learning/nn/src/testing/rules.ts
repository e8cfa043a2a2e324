import { elementwiseRules } from '../elementwise/operators.js';
import { noiseRules } from '../noise/operators.js';
import { shapeRules } from '../shapes/rules.js';
import { convPadding } from '../shapes/window.js';
import { applyRule, type NodeOf, type RuleTable } from '../rules.js';
import type { NetworkNode } from '../network.js';
import { elementCount, type Shape } from '../tensor.js';
import type { ReferenceContext } from './reference-context.js';
import { gru, layerNorm, lstm, maskedSoftmax, sequenceSum } from './sequence-rules.js';
import { fill4, first, pixelReader, second, tensor64, type Tensor64 } from './tensor64.js';

type Inputs = readonly Tensor64[];

const map = ({ shape, data }: Tensor64, f: (x: number) => number): Tensor64 => ({ shape, data: data.map(f) });

function outputShape(node: NetworkNode, inputs: Inputs, context: ReferenceContext): Shape {
  const shapes = inputs.map(({ shape }) => shape);
  return applyRule(shapeRules, node, shapes, (name) => context.parameter(name).shape);
}

function conv2d(node: NodeOf<'conv2d'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  const x = first(inputs);
  const weight = context.parameter(node.parameters['weight']);
  const biasName = node.parameters['bias'];
  const bias = biasName === undefined ? undefined : context.parameter(biasName).data;
  const { kernel, stride, dilation, groups } = node.attributes;
  const padding = convPadding(node.attributes, [x.shape[2] ?? 1, x.shape[3] ?? 1]);
  const [outputs = 1, each = 1] = weight.shape;
  const at = pixelReader(x, 0);
  const tap = pixelReader(weight, 0);
  return fill4(outputShape(node, inputs, context), (n, o, row, column) => {
    const group = Math.floor(o / (outputs / groups));
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < each; i++) {
      for (let h = 0; h < kernel[0]; h++) {
        for (let w = 0; w < kernel[1]; w++) {
          const y = row * stride[0] - padding.top + h * dilation[0];
          const z = column * stride[1] - padding.left + w * dilation[1];
          sum += tap(o, i, h, w) * at(n, group * each + i, y, z);
        }
      }
    }
    return sum;
  });
}

function linear(node: NodeOf<'linear'>, inputs: Inputs, { parameter }: ReferenceContext): Tensor64 {
  const x = first(inputs);
  const weight = parameter(node.parameters['weight']);
  const bias = node.parameters['bias'];
  const [outputs = 1, features = 1] = weight.shape;
  return tensor64([...x.shape.slice(0, -1), outputs], (index) => {
    const [n, o] = [Math.floor(index / outputs), index % outputs];
    let sum = bias === undefined ? 0 : (parameter(bias).data[o] ?? NaN);
    for (let i = 0; i < features; i++) sum += weight.data[o * features + i]! * x.data[n * features + i]!;
    return sum;
  });
}

function batchNorm(node: NodeOf<'batchNorm'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  const x = first(inputs);
  const parameter = (role: string) => context.parameter(node.parameters[role]).data;
  const { mean, variance } = context.batchStatistics
    ? channelStatistics(x)
    : { mean: parameter('running_mean'), variance: parameter('running_var') };
  const [gamma, beta] = [parameter('weight'), parameter('bias')];
  const [, channels = 1, ...size] = x.shape;
  const each = elementCount(size);
  return tensor64(x.shape, (i) => {
    const c = Math.floor(i / each) % channels;
    return ((x.data[i]! - mean[c]!) / Math.sqrt(variance[c]! + node.attributes.eps)) * gamma[c]! + beta[c]!;
  });
}

/** Mean and biased variance of each channel. */
function channelStatistics(x: Tensor64): {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
} {
  const [batch = 1, channels = 1, ...size] = x.shape;
  const each = elementCount(size);
  const average = (f: (value: number, channel: number) => number) => {
    const sums = new Float64Array(channels);
    x.data.forEach((value, i) => {
      const c = Math.floor(i / each) % channels;
      sums[c]! += f(value, c) / (batch * each);
    });
    return sums;
  };
  const mean = average((value) => value);
  return { mean, variance: average((value, c) => (value - mean[c]!) ** 2) };
}

function maxPool2d(node: NodeOf<'maxPool2d'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  const { kernel, stride, padding } = node.attributes;
  const at = pixelReader(first(inputs), -Infinity);
  return fill4(outputShape(node, inputs, context), (n, c, row, column) => {
    let largest = -Infinity;
    for (let h = 0; h < kernel[0]; h++) {
      for (let w = 0; w < kernel[1]; w++) {
        const value = at(n, c, row * stride[0] - padding.top + h, column * stride[1] - padding.left + w);
        largest = Math.max(largest, value);
      }
    }
    return largest;
  });
}

/** As in PyTorch: padding counts or not, what lies beyond the padding (ceil mode) never does. */
function avgPool2d(node: NodeOf<'avgPool2d'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  const x = first(inputs);
  const { kernel, stride, padding, countIncludePad } = node.attributes;
  const [, , height = 1, width = 1] = x.shape;
  const at = pixelReader(x, 0);
  return fill4(outputShape(node, inputs, context), (n, c, row, column) => {
    let [sum, count] = [0, 0];
    for (let h = 0; h < kernel[0]; h++) {
      for (let w = 0; w < kernel[1]; w++) {
        const [y, z] = [row * stride[0] - padding.top + h, column * stride[1] - padding.left + w];
        const inside = y >= 0 && z >= 0 && y < height && z < width;
        const counted = countIncludePad && y < height + padding.bottom && z < width + padding.right;
        sum += at(n, c, y, z);
        if (inside || counted) count++;
      }
    }
    return sum / count;
  });
}

function globalAvgPool(_node: unknown, inputs: Inputs): Tensor64 {
  const x = first(inputs);
  const [batch = 1, channels = 1, ...size] = x.shape;
  const each = elementCount(size);
  return tensor64([batch, channels, 1, 1], (i) => {
    let sum = 0;
    for (let p = 0; p < each; p++) sum += x.data[i * each + p]!;
    return sum / each;
  });
}

function mul(_node: unknown, inputs: Inputs): Tensor64 {
  const [a, b] = [first(inputs), second(inputs)];
  const repeat = a.data.length / b.data.length;
  return tensor64(a.shape, (i) => a.data[i]! * b.data[Math.floor(i / repeat)]!);
}

function concat(node: NodeOf<'concat'>, inputs: Inputs, context: ReferenceContext): Tensor64 {
  const shape = outputShape(node, inputs, context);
  const batch = shape[0] ?? 1;
  const data = new Float64Array(elementCount(shape));
  let offset = 0;
  for (let n = 0; n < batch; n++) {
    for (const input of inputs) {
      const each = input.data.length / batch;
      data.set(input.data.subarray(n * each, (n + 1) * each), offset);
      offset += each;
    }
  }
  return { shape, data };
}

/** Each operator from its definition, in double precision, by plain loops: slow, small and easy to check. */
export const referenceRules: RuleTable<readonly [Inputs, ReferenceContext], Tensor64> = {
  conv2d,
  linear,
  batchNorm,
  maxPool2d,
  avgPool2d,
  globalAvgPool,
  add: (_node, inputs) => {
    const [a, b] = [first(inputs), second(inputs)];
    return tensor64(a.shape, (i) => a.data[i]! + b.data[i]!);
  },
  mul,
  concat,
  flatten: (_node, inputs) => {
    const { shape, data } = first(inputs);
    const [batch = 1, ...rest] = shape;
    return { shape: [batch, elementCount(rest)], data };
  },
  layerNorm,
  gru,
  lstm,
  maskedSoftmax,
  sequenceSum,
  ...elementwiseRules(({ value }, _node, inputs) => map(first(inputs), value)),
  ...noiseRules(({ randomness, shape }, node, inputs, { random }) => {
    const x = first(inputs);
    if (randomness === undefined || random === undefined) return x;
    const drawn = random(node.output, randomness, shape(x.shape));
    if (randomness.kind === 'drop') return mul(node, [x, drawn]);
    return { shape: x.shape, data: x.data.map((one, i) => one + drawn.data[i]!) };
  }),
};
