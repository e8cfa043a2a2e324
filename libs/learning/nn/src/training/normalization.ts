import type { NodeOf } from '../rules.js';
import { elementCount } from '../tensor.js';
import type { Lowered, TrainingContext } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { nativeBatchNorm, takesNativeNorm } from './native-normalization.js';

/** y = gamma (x - mean) / sqrt(var + eps) + beta, with the statistics of the batch or the running ones. */
export function batchNorm(
  node: NodeOf<'batchNorm'>,
  [x]: readonly Value[],
  context: TrainingContext,
): Lowered {
  if (x === undefined) throw new RangeError(`${node.name} has no input`);
  const { emit, frozenBatchNorm: frozen } = context;
  if (!frozen && takesNativeNorm(emit, x)) return nativeBatchNorm(node, x, context);
  const channels = x.shape[1] ?? 1;
  const count = elementCount(x.shape) / channels;
  const { eps, momentum } = node.attributes;
  const { weight, bias, running_mean: runningMean, running_var: runningVariance } = node.parameters;
  const gamma = context.parameter(weight);
  const { mean, variance } = frozen
    ? { mean: context.parameter(runningMean), variance: context.parameter(runningVariance) }
    : batchStatistics(emit, x);
  if (!frozen && runningMean !== undefined && runningVariance !== undefined) {
    context.statistics({ runningMean, runningVariance, mean, variance, count, momentum });
  }
  const beta = context.parameter(bias);
  const normalized = (beta: Value) =>
    emit.batchNormalization(x, { scale: gamma, bias: beta, mean, variance, eps });
  const output = normalized(beta);
  // In a dense block each layer has a norm of all that is before it: kept, they would take as much memory as the block again.
  if (emit.partsOf(x) !== undefined && elementCount(x.shape) >= emit.repeatFrom)
    emit.repeatable(output, (zero) => normalized(emit.add(beta, zero)));
  return {
    output,
    backward: (gradient, [needsInput]) => {
      const learns = context.learns(weight);
      const deviation = emit.unary('Sqrt', emit.add(variance, emit.scalar(eps)));
      const inverse = emit.div(emit.scalar(1), deviation);
      const scale = emit.mul(gamma, inverse);
      const sumGradient = channelSum(emit, gradient);
      if (context.learns(bias)) context.gradient(bias, sumGradient);
      if (frozen && !learns) return [needsInput ? { value: gradient, scale } : undefined];
      // sum of dy xhat = (sum of dy x - mean sum of dy) / deviation
      const centredDot = emit.sub(channelDot(emit, gradient, x), emit.mul(mean, sumGradient));
      const sumProduct = emit.mul(centredDot, inverse);
      if (learns) context.gradient(weight, sumProduct);
      if (!needsInput) return [undefined];
      if (frozen) return [{ value: gradient, scale }];
      // dx = scale (dy - mean(dy) - xhat mean(dy xhat)); the last two terms are an affine function of x.
      const slope = emit.scale(emit.mul(sumProduct, inverse), -1 / count);
      const offset = emit.sub(emit.scale(sumGradient, -1 / count), emit.mul(slope, mean));
      return [{ value: gradient, scale, centring: { slope, offset } }];
    },
  };
}

/** Mean and biased variance of each channel, [C]; of a concatenation those of its parts, which other norms may have taken already. */
function batchStatistics(emit: Emitter, x: Value): { readonly mean: Value; readonly variance: Value } {
  const of = (what: 'mean' | 'variance', own: () => Value): Value =>
    emit.once(`${what} of ${x.name}`, () => {
      const parts = emit.partsOf(x);
      return parts === undefined
        ? own()
        : emit.concat(
            parts.map((part) => batchStatistics(emit, part)[what]),
            0,
          );
    });
  const mean = of('mean', () => emit.reshape(emit.mean(x, axesBesideChannels(x)), [x.shape[1] ?? 1]));
  return { mean, variance: of('variance', () => batchVariance(emit, x, mean)) };
}

/** Biased variance of each channel, [C]. */
function batchVariance(emit: Emitter, x: Value, mean: Value): Value {
  const count = elementCount(x.shape) / (x.shape[1] ?? 1);
  if (emit.dialect !== 'portable' && elementCount(x.shape.slice(2)) >= LONG_ROW) {
    // Reading twice is nearly free, writing x - mean is not.
    const square = emit.scale(channelDot(emit, x, x), 1 / count);
    return emit.unary('Relu', emit.sub(square, emit.mul(mean, mean)));
  }
  const centred = emit.sub(x, emit.perChannel(mean, x.shape.length));
  return emit.scale(channelDot(emit, centred, centred), 1 / count);
}

/** From here on a sum of squares is taken without subtracting the mean first. */
const LONG_ROW = 100;

const axesBesideChannels = (x: Value) => x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);

function channelSum(emit: Emitter, x: Value): Value {
  return emit.total(x, axesBesideChannels(x));
}

/** Sum of a b over all but the channels, [C]. */
function channelDot(emit: Emitter, a: Value, b: Value): Value {
  const pixels = elementCount(a.shape.slice(2));
  // A short row is one more axis of one sum.
  if (pixels < LONG_ROW) return channelSum(emit, emit.mul(a, b));
  return emit.total(emit.rowDots(a, b, pixels, a.shape.slice(0, 2)), [0]);
}
