import type { RuleTable } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import { conv2d } from './convolution.js';
import type { Emitter, Value } from './emitter.js';
import { batchNorm } from './normalization.js';
import { maxPool2d } from './max-pooling.js';
import { avgPool2d, globalAvgPool } from './pooling.js';

function operand(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new RangeError(`operand ${index} is missing`);
  return value;
}

function masked(x: Value, emit: Emitter, mask: Value): Lowered {
  return { output: emit.mul(x, mask), backward: (gradient) => [emit.mul(gradient, mask)] };
}

function factorGradient(emit: Emitter, gradient: Value, a: Value, b: Value): Value {
  if (a.shape.join() === b.shape.join()) return emit.mul(gradient, a);
  const [batch = 1, channels = 1, ...size] = a.shape;
  const rows = [batch, channels, elementCount(size)];
  return emit.reshape(emit.rowDots(emit.reshape(gradient, rows), emit.reshape(a, rows)), b.shape);
}

const unchanged = (x: Value): Lowered => ({ output: x, backward: (gradient) => [gradient] });

/** Forward nodes of each operator in training, and a function that adds those of its gradient. */
export const trainingRules: RuleTable<readonly [readonly Value[], TrainingContext], Lowered> = {
  conv2d,
  linear: (node, inputs, context) => {
    const { emit } = context;
    const x = operand(inputs, 0);
    const { weight: weightName, bias: biasName } = node.parameters;
    const weight = context.parameter(weightName);
    const product = emit.product(x, weight, { b: true });
    return {
      output: biasName === undefined ? product : emit.add(product, context.parameter(biasName)),
      backward: (gradient, [needsInput]) => {
        if (context.learns(weightName)) {
          context.gradient(weightName, emit.product(gradient, x, { a: true }));
        }
        if (biasName !== undefined && context.learns(biasName)) {
          context.gradient(biasName, emit.reshape(emit.sum(gradient, [0]), [gradient.shape[1] ?? 0]));
        }
        return [needsInput ? emit.product(gradient, weight) : undefined];
      },
    };
  },
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
  dropout: (node, inputs, { emit, mask }) => {
    const x = operand(inputs, 0);
    const { rate } = node.attributes;
    return rate === 0 ? unchanged(x) : masked(x, emit, mask(node.output, rate, x.shape));
  },
  dropConnect: (node, inputs, { emit, mask }) => {
    const x = operand(inputs, 0);
    const { rate } = node.attributes;
    const perSample = x.shape.map((size, axis) => (axis === 0 ? size : 1));
    return rate === 0 ? unchanged(x) : masked(x, emit, mask(node.output, rate, perSample));
  },
};
