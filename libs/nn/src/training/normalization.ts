import type { NodeOf } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Value } from './emitter.js';

/** y = gamma (x - mean) / sqrt(var + eps) + beta, with the statistics of the batch or the running ones. */
export function batchNorm(
  node: NodeOf<'batchNorm'>,
  [x]: readonly Value[],
  context: TrainingContext,
): Lowered {
  if (x === undefined) throw new RangeError(`${node.name} has no input`);
  const { emit } = context;
  const rank = x.shape.length;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const channels = x.shape[1] ?? 1;
  const count = elementCount(x.shape) / channels;
  const { weight, bias, running_mean: runningMean, running_var: runningVariance } = node.parameters;
  const gamma = emit.perChannel(context.parameter(weight), rank);
  const beta = emit.perChannel(context.parameter(bias), rank);

  const frozen = context.frozenBatchNorm;
  const mean = frozen ? emit.perChannel(context.parameter(runningMean), rank) : emit.mean(x, axes);
  const centred = emit.sub(x, mean);
  const variance = frozen
    ? emit.perChannel(context.parameter(runningVariance), rank)
    : emit.mean(emit.mul(centred, centred), axes);
  if (!frozen && runningMean !== undefined && runningVariance !== undefined) {
    context.statistics({
      runningMean,
      runningVariance,
      mean: emit.reshape(mean, [channels]),
      variance: emit.reshape(variance, [channels]),
      count,
      momentum: node.attributes.momentum,
    });
  }
  const deviation = emit.unary('Sqrt', emit.add(variance, emit.scalar(node.attributes.eps)));
  const inverse = emit.div(emit.scalar(1), deviation);
  const scale = emit.mul(gamma, inverse);
  return {
    output: emit.add(emit.mul(centred, scale), beta),
    backward: (gradient, [needsInput]) => {
      const learns = context.learns(weight);
      const sumGradient = emit.sum(gradient, axes);
      const sumProduct =
        learns || (needsInput && !frozen)
          ? emit.mul(emit.sum(emit.mul(gradient, centred), axes), inverse)
          : sumGradient;
      if (learns) context.gradient(weight, emit.reshape(sumProduct, [channels]));
      if (context.learns(bias)) context.gradient(bias, emit.reshape(sumGradient, [channels]));
      if (!needsInput) return [undefined];
      if (frozen) return [emit.mul(gradient, scale)];
      // dx = gamma / deviation (dy - mean(dy) - xhat mean(dy xhat)), as one affine form of dy and x - mean.
      const slope = emit.scale(emit.mul(emit.mul(scale, inverse), sumProduct), -1 / count);
      const offset = emit.scale(emit.mul(scale, sumGradient), -1 / count);
      return [emit.add(emit.add(emit.mul(gradient, scale), emit.mul(centred, slope)), offset)];
    },
  };
}
