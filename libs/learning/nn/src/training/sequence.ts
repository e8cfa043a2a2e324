import { ABSENT } from '../inference/rules.js';
import { int } from '../onnx/model.js';
import type { NodeOf } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { operand } from './operand.js';

/** x [..., in] W^T + b: the axes before the last one are rows of one product. */
export function linear(node: NodeOf<'linear'>, inputs: readonly Value[], context: TrainingContext): Lowered {
  const { emit } = context;
  const whole = operand(inputs, 0);
  const x = asRows(emit, whole);
  const { weight: weightName, bias: biasName } = node.parameters;
  const weight = context.parameter(weightName);
  const product = emit.product(x, weight, { b: true });
  const output = biasName === undefined ? product : emit.add(product, context.parameter(biasName));
  const outputs = weight.shape[0] ?? 0;
  return {
    output: emit.reshape(output, [...whole.shape.slice(0, -1), outputs]),
    backward: (incoming, [needsInput]) => {
      const gradient = asRows(emit, incoming);
      if (context.learns(weightName)) {
        context.gradient(weightName, emit.product(gradient, x, { a: true }));
      }
      if (biasName !== undefined && context.learns(biasName)) {
        context.gradient(biasName, emit.reshape(emit.sum(gradient, [0]), [outputs]));
      }
      return [needsInput ? emit.reshape(emit.product(gradient, weight), whole.shape) : undefined];
    },
  };
}

/** [..., C] as [rows, C]. */
export function asRows(emit: Emitter, x: Value): Value {
  const columns = x.shape.at(-1) ?? 1;
  return emit.reshape(x, [elementCount(x.shape) / columns, columns]);
}

/**
 * y = n w + b with n = (x - mean) / sqrt(variance + eps) over the last axis. With g = dy w:
 * dx = (g - mean(g) - n mean(g n)) / sqrt(variance + eps).
 */
export function layerNorm(
  node: NodeOf<'layerNorm'>,
  inputs: readonly Value[],
  context: TrainingContext,
): Lowered {
  const { emit } = context;
  const whole = operand(inputs, 0);
  const x = asRows(emit, whole);
  const { weight: weightName, bias: biasName } = node.parameters;
  const weight = context.parameter(weightName);
  const channels = weight.shape[0] ?? 1;
  const centered = emit.sub(x, emit.mean(x, [1]));
  const variance = emit.mean(emit.mul(centered, centered), [1]);
  const deviation = emit.unary('Sqrt', emit.add(variance, emit.scalar(node.attributes.eps)));
  const normalized = emit.div(centered, deviation);
  const output = emit.add(emit.mul(normalized, weight), context.parameter(biasName));
  return {
    output: emit.reshape(output, whole.shape),
    backward: (incoming, [needsInput]) => {
      const gradient = asRows(emit, incoming);
      const total = (value: Value) => emit.reshape(emit.sum(value, [0]), [channels]);
      if (context.learns(weightName)) context.gradient(weightName, total(emit.mul(gradient, normalized)));
      if (context.learns(biasName)) context.gradient(biasName, total(gradient));
      if (!needsInput) return [undefined];
      const scaled = emit.mul(gradient, weight);
      const along = emit.mul(normalized, emit.mean(emit.mul(scaled, normalized), [1]));
      const rest = emit.sub(emit.sub(scaled, emit.mean(scaled, [1])), along);
      return [emit.reshape(emit.div(rest, deviation), whole.shape)];
    },
  };
}

/** Softmax over the steps (axis 1); dx = y (g - sum over steps of g y). */
export function maskedSoftmax(scores: Value, mask: Value, emit: Emitter): Lowered {
  const [batch = 1, steps = 1] = mask.shape;
  const absent = emit.scale(emit.sub(emit.reshape(mask, [batch, steps, 1]), emit.scalar(1)), ABSENT);
  const lowered = emit.add(scores, absent);
  const output = emit.node('Softmax', [lowered], scores.shape, { axis: int(1) });
  return {
    output,
    backward: (gradient) => {
      const product = emit.mul(gradient, output);
      return [emit.sub(product, emit.mul(output, emit.sum(product, [1]))), undefined];
    },
  };
}

/** The gradient is the same for every step. */
export function sequenceSum(x: Value, emit: Emitter): Lowered {
  const [batch = 1, , channels = 1] = x.shape;
  return {
    output: emit.reshape(emit.sum(x, [1]), [batch, channels]),
    backward: (gradient) => [emit.reshape(gradient, [batch, 1, channels])],
  };
}
