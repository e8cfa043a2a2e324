import type * as tfjs from '@tensorflow/tfjs';
import type { NodeOf, RuleTable, Shape } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { Context } from './context.js';
import { convolve } from './convolution.js';
import { channelAxis, channelsLast, channelsSecond, image } from './layout.js';
import { avgPool, maxPool } from './pooling.js';
import { gru, lstm } from './recurrent.js';
import type { Activation } from './tensorflow.js';

/** TensorFlow.js differentiates these itself. */
export const tfjsRules: RuleTable<readonly [inputs: readonly Activation[], context: Context], Activation> = {
  conv2d: (node, inputs, context) => {
    const weight = parameter(node.parameters, 'weight', context) as tfjs.Tensor4D;
    return biased(node, convolve(context.tf, node, operand(inputs, 0), weight), context);
  },
  linear: (node, inputs, context) => {
    const weight = parameter(node.parameters, 'weight', context);
    const x = operand(inputs, 0);
    const rows = context.tf.matMul(context.tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), weight, false, true);
    const product = context.tf.reshape(rows, [...x.shape.slice(0, -1), weight.shape[0] ?? 1]);
    return biased(node, product, context);
  },
  batchNorm,
  relu: (_node, inputs, { tf }) => tf.relu(operand(inputs, 0)),
  relu6: (_node, inputs, { tf }) => tf.relu6(operand(inputs, 0)),
  sigmoid: (_node, inputs, { tf }) => tf.sigmoid(operand(inputs, 0)),
  swish: (_node, inputs, { tf }) => tf.mul(operand(inputs, 0), tf.sigmoid(operand(inputs, 0))),
  maxPool2d: (node, inputs, { tf }) => maxPool(tf, node, operand(inputs, 0)),
  avgPool2d: (node, inputs, { tf }) => avgPool(tf, node, operand(inputs, 0)),
  globalAvgPool: (_node, inputs, { tf }) => tf.mean(image(operand(inputs, 0)), [1, 2], true),
  add: (_node, inputs, { tf }) => tf.add(operand(inputs, 0), operand(inputs, 1)),
  mul: (_node, inputs, { tf }) => tf.mul(operand(inputs, 0), operand(inputs, 1)),
  scale: (node, inputs, { tf }) => tf.mul(operand(inputs, 0), tf.scalar(node.attributes.factor)),
  concat: (_node, inputs, { tf }) => tf.concat([...inputs], channelAxis(operand(inputs, 0))),
  flatten: (_node, inputs, { tf }) => {
    const ordered = channelsSecond(tf, operand(inputs, 0));
    return tf.reshape(ordered, [ordered.shape[0] ?? 1, -1]);
  },
  dropout: (node, inputs, context) => {
    const x = operand(inputs, 0);
    return masked(node, x, networkShape(x), context);
  },
  dropConnect: (node, inputs, context) => {
    const x = operand(inputs, 0);
    const perSample = x.shape.map((size, axis) => (axis === 0 ? size : 1));
    return masked(node, x, perSample, context);
  },
  layerNorm: (node, inputs, context) => {
    const { tf } = context;
    const x = operand(inputs, 0);
    const { mean, variance } = tf.moments(x, -1, true);
    const normalized = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, tf.scalar(node.attributes.eps))));
    return tf.add(
      tf.mul(normalized, parameter(node.parameters, 'weight', context)),
      parameter(node.parameters, 'bias', context),
    );
  },
  tanh: (_node, inputs, { tf }) => tf.tanh(operand(inputs, 0)),
  gelu: (_node, inputs, { tf }) => {
    const x = operand(inputs, 0);
    const share = tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
    return tf.mul(x, share);
  },
  gru: (node, inputs, context) => gru(node, operand(inputs, 0), operand(inputs, 1), context),
  lstm: (node, inputs, context) => lstm(node, operand(inputs, 0), operand(inputs, 1), context),
  maskedSoftmax: (_node, inputs, { tf }) => {
    const present = tf.expandDims(operand(inputs, 1), 2);
    const powers = tf.mul(tf.exp(operand(inputs, 0)), present);
    return tf.div(powers, tf.sum(powers, 1, true));
  },
  sequenceSum: (_node, inputs, { tf }) => tf.sum(operand(inputs, 0), 1),
  gaussianNoise: (node, inputs, { tf, training }) => {
    const x = operand(inputs, 0);
    const { deviation } = node.attributes;
    if (training === undefined || deviation === 0) return x;
    return tf.add(x, training.random(node.output, { kind: 'normal', deviation }, x.shape));
  },
  dropSteps: (node, inputs, context) => {
    const x = operand(inputs, 0);
    return masked(
      node,
      x,
      x.shape.map((size, axis) => (axis < 2 ? size : 1)),
      context,
    );
  },
};

/** y = gamma (x - mean) / sqrt(variance + eps) + beta, in training with the statistics of the batch. */
function batchNorm(node: NodeOf<'batchNorm'>, inputs: readonly Activation[], context: Context): Activation {
  const { tf, training } = context;
  const x = operand(inputs, 0);
  const [gamma, beta] = [
    parameter(node.parameters, 'weight', context),
    parameter(node.parameters, 'bias', context),
  ];
  const { mean, variance } =
    training === undefined || training.frozenBatchNorm
      ? {
          mean: parameter(node.parameters, 'running_mean', context),
          variance: parameter(node.parameters, 'running_var', context),
        }
      : tf.moments(
          x,
          x.shape.map((_, axis) => axis).filter((axis) => axis !== channelAxis(x)),
        );
  if (training !== undefined && !training.frozenBatchNorm) {
    training.statistics({ node, mean, variance, count: x.size / (x.shape[channelAxis(x)] ?? 1) });
  }
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, tf.scalar(node.attributes.eps))));
  return tf.add(tf.mul(tf.sub(x, mean), scale), beta);
}

function masked(
  node: NodeOf<'dropout'> | NodeOf<'dropConnect'> | NodeOf<'dropSteps'>,
  x: Activation,
  shape: Shape,
  { tf, training }: Context,
): Activation {
  const { rate } = node.attributes;
  if (training === undefined || rate === 0) return x;
  return tf.mul(x, channelsLast(tf, training.random(node.output, { kind: 'drop', rate }, shape)));
}

function biased(node: NodeOf<'conv2d'> | NodeOf<'linear'>, x: Activation, context: Context): Activation {
  return 'bias' in node.parameters ? context.tf.add(x, parameter(node.parameters, 'bias', context)) : x;
}

function parameter(names: Readonly<Record<string, string>>, role: string, context: Context): tfjs.Tensor {
  return context.parameter(names[role] ?? role);
}

function operand(inputs: readonly Activation[], index: number): Activation {
  const input = inputs[index];
  if (input !== undefined) return input;
  throw new EngineError({ code: 'runtime/shape', reason: `operand ${index} is missing` });
}

function networkShape(x: Activation): Shape {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  return x.rank === 4 ? [batch, channels, height, width] : x.shape;
}
