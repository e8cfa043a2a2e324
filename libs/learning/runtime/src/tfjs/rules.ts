import type * as tfjs from '@tensorflow/tfjs';
import { elementwiseRules, noiseRules, type NodeOf, type RuleTable, type Shape } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { Context } from './context.js';
import { convolve } from './convolution.js';
import { elementwise } from './elementwise.js';
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
  maxPool2d: (node, inputs, { tf }) => maxPool(tf, node, operand(inputs, 0)),
  avgPool2d: (node, inputs, { tf }) => avgPool(tf, node, operand(inputs, 0)),
  globalAvgPool: (_node, inputs, { tf }) => tf.mean(image(operand(inputs, 0)), [1, 2], true),
  add: (_node, inputs, { tf }) => tf.add(operand(inputs, 0), operand(inputs, 1)),
  mul: (_node, inputs, { tf }) => tf.mul(operand(inputs, 0), operand(inputs, 1)),
  concat: (_node, inputs, { tf }) => tf.concat([...inputs], channelAxis(operand(inputs, 0))),
  flatten: (_node, inputs, { tf }) => {
    const ordered = channelsSecond(tf, operand(inputs, 0));
    return tf.reshape(ordered, [ordered.shape[0] ?? 1, -1]);
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
  gru: (node, inputs, context) => gru(node, operand(inputs, 0), operand(inputs, 1), context),
  lstm: (node, inputs, context) => lstm(node, operand(inputs, 0), operand(inputs, 1), context),
  maskedSoftmax: (_node, inputs, { tf }) => {
    const present = tf.expandDims(operand(inputs, 1), 2);
    const powers = tf.mul(tf.exp(operand(inputs, 0)), present);
    return tf.div(powers, tf.sum(powers, 1, true));
  },
  sequenceSum: (_node, inputs, { tf }) => tf.sum(operand(inputs, 0), 1),
  ...elementwiseRules((_operator, node, inputs: readonly Activation[], { tf }: Context) =>
    elementwise(tf, node, operand(inputs, 0)),
  ),
  ...noiseRules(({ randomness, shape }, node, inputs: readonly Activation[], { tf, training }: Context) => {
    const input = operand(inputs, 0);
    if (training === undefined || randomness === undefined) return input;
    const drawn = channelsLast(tf, training.random(node.output, randomness, shape(networkShape(input))));
    return randomness.kind === 'drop' ? tf.mul(input, drawn) : tf.add(input, drawn);
  }),
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
