import { float, int } from '../onnx/model.js';
import type { NodeOf } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { operand } from './operand.js';

/** Whether the native operators compute a norm: of images, whose channels are planes. */
export function takesNativeNorm(emit: Emitter, x: Value): boolean {
  return emit.dialect === 'native' && x.shape.length === 4;
}

/**
 * y = gamma (x - mean) / sqrt(var + eps) + beta with the statistics of the batch, and the ReLU where it is a part of the norm. The gradient
 * computes the mask of the ReLU from x again, so y need not be kept for it.
 */
export function nativeBatchNorm(node: NodeOf<'batchNorm'>, x: Value, context: TrainingContext): Lowered {
  const { emit } = context;
  const channels = [x.shape[1] ?? 1];
  const { eps, momentum } = node.attributes;
  const { weight, bias, running_mean: runningMean, running_var: runningVariance } = node.parameters;
  const attributes = { epsilon: float(eps), relu: int(context.rectified(node.output) ? 1 : 0) };
  const gamma = context.parameter(weight);
  const beta = context.parameter(bias);
  const { output, mean, variance } = forward(emit, x, gamma, beta, attributes);
  if (runningMean !== undefined && runningVariance !== undefined) {
    const count = elementCount(x.shape) / elementCount(channels);
    context.statistics({ runningMean, runningVariance, mean, variance, count, momentum });
  }
  return {
    output,
    backward: (gradient, [needsInput]) => {
      const compute = (addend?: Value): Value => {
        const inputs = [gradient, x, gamma, beta, mean, variance, ...(addend === undefined ? [] : [addend])];
        const shapes = [x.shape, channels, channels];
        const gradients = emit.native('BatchNormGradient', inputs, shapes, attributes);
        if (context.learns(weight)) context.gradient(weight, operand(gradients, 1));
        if (context.learns(bias)) context.gradient(bias, operand(gradients, 2));
        return operand(gradients, 0);
      };
      if (needsInput) return [{ compute }];
      compute();
      return [undefined];
    },
  };
}

type NormAttributes = Parameters<Emitter['native']>[3];

/** In a concatenation, the statistics of its parts are taken once for all norms that read them. */
function forward(emit: Emitter, x: Value, gamma: Value, beta: Value, attributes: NormAttributes) {
  if (emit.partsOf(x) === undefined) {
    const shapes = [x.shape, gamma.shape, gamma.shape];
    const made = emit.native('BatchNorm', [x, gamma, beta], shapes, attributes);
    return { output: operand(made, 0), mean: operand(made, 1), variance: operand(made, 2) };
  }
  const [mean, variance] = statistics(emit, x);
  const normalized = (beta: Value) =>
    operand(emit.native('BatchNormWith', [x, gamma, beta, mean, variance], [x.shape], attributes), 0);
  const output = normalized(beta);
  // Kept, the norms of a dense block would take as much memory as the block again.
  if (elementCount(x.shape) >= emit.repeatFrom)
    emit.repeatable(output, (zero) => normalized(emit.add(beta, zero)));
  return { output, mean, variance };
}

/** Mean and biased variance of each channel, [C]; of a concatenation those of its parts. */
function statistics(emit: Emitter, x: Value): readonly [mean: Value, variance: Value] {
  const parts = emit.partsOf(x);
  const channels = [x.shape[1] ?? 1];
  let made: readonly Value[] | undefined;
  const computed = (): readonly Value[] =>
    (made ??=
      parts === undefined
        ? emit.native('BatchStatistics', [x], [channels, channels])
        : ([0, 1] as const).map((i) =>
            emit.concat(
              parts.map((part) => statistics(emit, part)[i]),
              0,
            ),
          ));
  return [
    emit.once(`mean of ${x.name}`, () => operand(computed(), 0)),
    emit.once(`variance of ${x.name}`, () => operand(computed(), 1)),
  ];
}
