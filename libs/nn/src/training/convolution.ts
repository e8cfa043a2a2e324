import type { Padding2d, Pair } from '../ops.js';
import type { NodeOf } from '../rules.js';
import { convPadding, kernelExtent } from '../shapes/window.js';
import type { Lowered, TrainingContext } from './context.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';

export function conv2d(node: NodeOf<'conv2d'>, [x]: readonly Value[], context: TrainingContext): Lowered {
  const { emit } = context;
  if (x === undefined) throw new RangeError(`${node.name} has no input`);
  const [, , height = 1, width = 1] = x.shape;
  const padding = convPadding(node.attributes, [height, width]);
  const { weight: weightName, bias: biasName } = node.parameters;
  const weight = context.parameter(weightName);
  const bias = biasName === undefined ? undefined : context.parameter(biasName);
  return {
    output: emit.conv(x, weight, node.attributes, padding, bias),
    backward: (gradient, [needsInput]) => {
      if (context.learns(weightName)) {
        context.gradient(weightName, weightGradient(emit, x, gradient, node.attributes, padding));
      }
      if (biasName !== undefined && context.learns(biasName)) {
        context.gradient(biasName, emit.reshape(emit.sum(gradient, [0, 2, 3]), [gradient.shape[1] ?? 0]));
      }
      return [needsInput ? inputGradient(emit, x, weight, gradient, node.attributes, padding) : undefined];
    },
  };
}

/**
 * A convolution with the kernels turned by 180 degrees and input and output channels exchanged; strides
 * become zeros between the gradient's pixels.
 */
export function inputGradient(
  emit: Emitter,
  x: Value,
  weight: Value,
  gradient: Value,
  { kernel, stride, dilation, groups }: ConvGeometry,
  padding: Padding2d,
): Value {
  const [, , height = 1, width = 1] = x.shape;
  const spread = spreadPixels(emit, gradient, stride);
  const around = paddingForFullCorrelation(spread, [height, width], kernel, dilation, padding);
  const { cropped, rest } = cropNegative(emit, spread, around);
  return emit.conv(
    cropped,
    turnKernels(emit, weight, groups),
    { kernel, stride: [1, 1], dilation, groups },
    rest,
  );
}

/** Zeros between and after the pixels: [N, C, H, W] to [N, C, H * s, W * s]. */
export function spreadPixels(emit: Emitter, x: Value, stride: Pair): Value {
  if (stride[0] === 1 && stride[1] === 1) return x;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const apart = emit.reshape(x, [batch, channels, height, 1, width, 1]);
  const padded = emit.padAxes(apart, [0, 0, 0, 0, 0, 0], [0, 0, 0, stride[0] - 1, 0, stride[1] - 1]);
  return emit.reshape(padded, [batch, channels, height * stride[0], width * stride[1]]);
}

/** What to put around `spread` so that a stride 1 window gives back an image of `size`; may be negative. */
export function paddingForFullCorrelation(
  spread: Value,
  size: Pair,
  kernel: Pair,
  dilation: Pair,
  padding: Padding2d,
): Padding2d {
  const [rows = 1, columns = 1] = spread.shape.slice(-2);
  const reach = [kernelExtent(kernel[0], dilation[0]) - 1, kernelExtent(kernel[1], dilation[1]) - 1] as const;
  const top = reach[0] - padding.top;
  const left = reach[1] - padding.left;
  return { top, left, bottom: size[0] + reach[0] - rows - top, right: size[1] + reach[1] - columns - left };
}

/** Convolutions cannot have negative padding: crop first, pad with the rest. */
export function cropNegative(
  emit: Emitter,
  x: Value,
  { top, left, bottom, right }: Padding2d,
): { readonly cropped: Value; readonly rest: Padding2d } {
  const negative = (extent: number) => Math.min(extent, 0);
  const positive = (extent: number) => Math.max(extent, 0);
  return {
    cropped: emit.pad(x, {
      top: negative(top),
      left: negative(left),
      bottom: negative(bottom),
      right: negative(right),
    }),
    rest: { top: positive(top), left: positive(left), bottom: positive(bottom), right: positive(right) },
  };
}

/** [O, I / g, kh, kw] to [I, O / g, kh, kw], each kernel turned by 180 degrees. */
export function turnKernels(emit: Emitter, weight: Value, groups: number): Value {
  const [outputs = 1, inputs = 1, rows = 1, columns = 1] = weight.shape;
  const taps = rows * columns;
  const grouped = emit.reshape(weight, [groups, outputs / groups, inputs, taps]);
  const exchanged = emit.transpose(grouped, [0, 2, 1, 3]);
  const shape = [groups * inputs, outputs / groups, rows, columns];
  if (taps === 1) return emit.reshape(exchanged, shape);
  const order = emit.graph.integers(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
  const turned = emit.graph.node('Gather', [exchanged.name, order], { axis: { kind: 'int', value: 3 } });
  return emit.reshape({ name: turned, shape: exchanged.shape }, shape);
}

/** dW[o, i, kh, kw] = sum over n, h, w of dY[n, o, h, w] X[n, i, h s + kh d, w s + kw d]. */
export function weightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  geometry: ConvGeometry,
  padding: Padding2d,
): Value {
  const padded = emit.pad(x, padding);
  return geometry.groups === 1
    ? denseWeightGradient(emit, padded, gradient, geometry)
    : groupedWeightGradient(emit, padded, gradient, geometry);
}

/** One matrix product for each tap of the kernel. */
function denseWeightGradient(emit: Emitter, padded: Value, gradient: Value, geometry: ConvGeometry): Value {
  const { kernel, stride, dilation } = geometry;
  const [batch = 1, outputs = 1, rows = 1, columns = 1] = gradient.shape;
  const inputs = padded.shape[1] ?? 1;
  const pixels = rows * columns;
  const dy = emit.reshape(gradient, [batch, outputs, pixels]);
  const taps: Value[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const start: Pair = [row * dilation[0], column * dilation[1]];
      const seen = emit.window(padded, start, [rows, columns], stride);
      const columnsFirst = emit.transpose(emit.reshape(seen, [batch, inputs, pixels]), [0, 2, 1]);
      taps.push(emit.sum(emit.matmul(dy, columnsFirst), [0]));
    }
  }
  const stacked = emit.transpose(emit.concat(taps, 0), [1, 2, 0]);
  return emit.reshape(stacked, [outputs, inputs, ...kernel]);
}

/**
 * A convolution in exchanged roles: samples are its channels, the gradient is its kernel, so that stride and
 * dilation change places too.
 */
function groupedWeightGradient(emit: Emitter, padded: Value, gradient: Value, geometry: ConvGeometry): Value {
  const { kernel, stride, dilation, groups } = geometry;
  const [batch = 1, channels = 1, height = 1, width = 1] = padded.shape;
  const [, outputs = 1, rows = 1, columns = 1] = gradient.shape;
  const inputs = channels / groups;
  const images = emit.reshape(
    emit.transpose(emit.reshape(padded, [batch, groups, inputs, height * width]), [2, 1, 0, 3]),
    [inputs, groups * batch, height, width],
  );
  const kernels = emit.transpose(gradient, [1, 0, 2, 3]);
  const swapped = emit.conv(
    images,
    kernels,
    { kernel: [rows, columns], stride: dilation, dilation: stride, groups },
    { top: 0, left: 0, bottom: 0, right: 0 },
  );
  // Pixels that no window reached leave surplus taps.
  const exact = emit.window(swapped, [0, 0], kernel, [1, 1]);
  return emit.reshape(emit.transpose(exact, [1, 0, 2, 3]), [outputs, inputs, ...kernel]);
}
