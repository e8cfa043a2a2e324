import type { NodeOf, RuleTable } from '../rules.js';
import { elementCount, type Shape } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import { conv2d } from './convolution.js';
import type { Emitter, Value } from './emitter.js';
import { recurrent } from './recurrent.js';
import { operand } from './operand.js';
import { gelu, layerNorm, linear, maskedSoftmax, sequenceSum } from './sequence.js';
import { batchNorm } from './normalization.js';
import { maxPool2d } from './max-pooling.js';
import { avgPool2d, globalAvgPool } from './pooling.js';

/** Times a mask of zeros and 1 / (1 - rate), of the shape that `maskShape` makes of the operand's. */
function dropped(
  node: NodeOf<'dropout'> | NodeOf<'dropConnect'> | NodeOf<'dropSteps'>,
  x: Value,
  maskShape: (shape: Shape) => Shape,
  { emit, random }: TrainingContext,
): Lowered {
  const { rate } = node.attributes;
  if (rate === 0) return unchanged(x);
  const mask = random(node.output, { kind: 'drop', rate }, maskShape(x.shape));
  return { output: emit.mul(x, mask), backward: (gradient) => [emit.mul(gradient, mask)] };
}

function factorGradient(emit: Emitter, gradient: Value, a: Value, b: Value): Value {
  if (a.shape.join() === b.shape.join()) return emit.mul(gradient, a);
  return emit.rowDots(gradient, a, elementCount(a.shape.slice(2)), b.shape);
}

const unchanged = (x: Value): Lowered => ({ output: x, backward: (gradient) => [gradient] });

/** Forward nodes of each operator in training, and a function that adds those of its gradient. */
export const trainingRules: RuleTable<readonly [readonly Value[], TrainingContext], Lowered> = {
  conv2d,
  linear,
  batchNorm,
  relu: (_node, inputs, { emit }) => {
    const output = emit.unary('Relu', operand(inputs, 0));
    return {
      output,
      backward: (gradient) => {
        return [emit.whereAbove(output, gradient)];
      },
    };
  },
  relu6: (_node, inputs, { emit }) => {
    const output = emit.clip(operand(inputs, 0), 0, 6);
    return {
      output,
      backward: (gradient) => {
        const below = emit.sub(emit.scalar(6), output);
        return [emit.whereAbove(below, emit.whereAbove(output, gradient))];
      },
    };
  },
  sigmoid: (_node, inputs, { emit }) => {
    const output = emit.unary('Sigmoid', operand(inputs, 0));
    return {
      output,
      backward: (gradient) => [emit.mul(emit.mul(gradient, output), emit.sub(emit.scalar(1), output))],
    };
  },
  swish: (_node, inputs, { emit }) => {
    const x = operand(inputs, 0);
    const sigmoid = emit.unary('Sigmoid', x);
    const output = emit.mul(x, sigmoid);
    return {
      output,
      // y' = s + y (1 - s)
      backward: (gradient) => [
        emit.mul(gradient, emit.add(sigmoid, emit.mul(output, emit.sub(emit.scalar(1), sigmoid)))),
      ],
    };
  },
  maxPool2d: (node, inputs, { emit }) => maxPool2d(node, inputs, emit),
  avgPool2d: (node, inputs, { emit }) => avgPool2d(node, inputs, emit),
  globalAvgPool: (node, inputs, { emit }) => globalAvgPool(node, inputs, emit),
  add: (_node, inputs, { emit }) => ({
    output: emit.add(operand(inputs, 0), operand(inputs, 1)),
    backward: (gradient) => [gradient, gradient],
  }),
  mul: (_node, inputs, { emit }) => {
    const a = operand(inputs, 0);
    const b = operand(inputs, 1);
    return {
      output: emit.mul(a, b),
      backward: (gradient, [needsA, needsB]) => {
        return [
          needsA ? emit.mul(gradient, b) : undefined,
          needsB ? factorGradient(emit, gradient, a, b) : undefined,
        ];
      },
    };
  },
  scale: (node, inputs, { emit }) => ({
    output: emit.scale(operand(inputs, 0), node.attributes.factor),
    backward: (gradient) => [emit.scale(gradient, node.attributes.factor)],
  }),
  concat: (_node, inputs, { emit }) => ({
    output: emit.concat(inputs, 1),
    backward: (gradient) =>
      emit.split(
        gradient,
        inputs.map(({ shape }) => shape[1] ?? 0),
        1,
      ),
  }),
  flatten: (_node, inputs, { emit }) => {
    const x = operand(inputs, 0);
    const [batch = 1, ...rest] = x.shape;
    return {
      output: emit.reshape(x, [batch, elementCount(rest)]),
      backward: (gradient) => [emit.reshape(gradient, x.shape)],
    };
  },
  dropout: (node, inputs, context) => dropped(node, operand(inputs, 0), (shape) => shape, context),
  dropConnect: (node, inputs, context) =>
    dropped(node, operand(inputs, 0), (shape) => shape.map((size, axis) => (axis === 0 ? size : 1)), context),
  layerNorm,
  tanh: (_node, inputs, { emit }) => {
    const output = emit.unary('Tanh', operand(inputs, 0));
    return {
      output,
      backward: (gradient) => [emit.mul(gradient, emit.sub(emit.scalar(1), emit.mul(output, output)))],
    };
  },
  gelu: (_node, inputs, { emit }) => gelu(operand(inputs, 0), emit),
  gru: recurrent,
  lstm: recurrent,
  maskedSoftmax: (_node, inputs, { emit }) => maskedSoftmax(operand(inputs, 0), operand(inputs, 1), emit),
  sequenceSum: (_node, inputs, { emit }) => sequenceSum(operand(inputs, 0), emit),
  gaussianNoise: (node, inputs, { emit, random }) => {
    const x = operand(inputs, 0);
    const { deviation } = node.attributes;
    if (deviation === 0) return unchanged(x);
    return {
      output: emit.add(x, random(node.output, { kind: 'normal', deviation }, x.shape)),
      backward: (gradient) => [gradient],
    };
  },
  dropSteps: (node, inputs, context) =>
    dropped(node, operand(inputs, 0), ([batch = 1, steps = 1]) => [batch, steps, 1], context),
};
