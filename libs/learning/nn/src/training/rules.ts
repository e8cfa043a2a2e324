import { elementwiseRules } from '../elementwise/operators.js';
import { noiseRules } from '../noise/operators.js';
import type { RuleTable } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import { conv2d } from './convolution.js';
import type { Emitter, Value } from './emitter.js';
import { recurrent } from './recurrent.js';
import { operand } from './operand.js';
import { layerNorm, linear, maskedSoftmax, sequenceSum } from './sequence.js';
import { batchNorm } from './normalization.js';
import { maxPool2d } from './max-pooling.js';
import { avgPool2d, globalAvgPool } from './pooling.js';

function factorGradient(emit: Emitter, gradient: Value, a: Value, b: Value): Value {
  if (a.shape.join() === b.shape.join()) return emit.mul(gradient, a);
  return emit.rowDots(gradient, a, elementCount(a.shape.slice(2)), b.shape);
}

/** Forward nodes of each operator in training, and a function that adds those of its gradient. */
export const trainingRules: RuleTable<readonly [readonly Value[], TrainingContext], Lowered> = {
  conv2d,
  linear,
  batchNorm,
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
  concat: (_node, inputs, { emit }) => {
    const channels = inputs.map(({ shape }) => shape[1] ?? 0);
    return {
      output: emit.concat(inputs, 1),
      takesCentring: true,
      backward: (gradient, _needed, { centring } = {}) => {
        const parts = emit.split(gradient, channels, 1);
        if (centring === undefined) return parts;
        const slopes = emit.split(centring.slope, channels, 0);
        const offsets = emit.split(centring.offset, channels, 0);
        return parts.map((value, i) => ({
          value,
          centring: { slope: operand(slopes, i), offset: operand(offsets, i) },
        }));
      },
    };
  },
  flatten: (_node, inputs, { emit }) => {
    const x = operand(inputs, 0);
    const [batch = 1, ...rest] = x.shape;
    return {
      output: emit.reshape(x, [batch, elementCount(rest)]),
      backward: (gradient) => [emit.reshape(gradient, x.shape)],
    };
  },
  layerNorm,
  gru: recurrent,
  lstm: recurrent,
  maskedSoftmax: (_node, inputs, { emit }) => maskedSoftmax(operand(inputs, 0), operand(inputs, 1), emit),
  sequenceSum: (_node, inputs, { emit }) => sequenceSum(operand(inputs, 0), emit),
  ...elementwiseRules((operator, _node, inputs, { emit }) => {
    const { output, backward } = operator.training(operand(inputs, 0), emit);
    return { output, backward: (gradient) => [backward(gradient)] };
  }),
  ...noiseRules(({ randomness, shape }, node, inputs, { emit, random }) => {
    const x = operand(inputs, 0);
    if (randomness === undefined) return { output: x, backward: (gradient) => [gradient] };
    const drawn = random(node.output, randomness, shape(x.shape));
    return randomness.kind === 'drop'
      ? { output: emit.mul(x, drawn), backward: (gradient) => [emit.mul(gradient, drawn)] }
      : { output: emit.add(x, drawn), backward: (gradient) => [gradient] };
  }),
};
