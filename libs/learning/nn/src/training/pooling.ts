import type { Padding2d, Pair } from '../ops.js';
import type { NodeOf } from '../rules.js';
import { poolSize } from '../shapes/window.js';
import { elementCount } from '../tensor.js';
import type { Lowered } from './context.js';
import { cropNegative, paddingForFullCorrelation, spreadPixels } from './spread.js';
import type { Emitter, Value } from './emitter.js';

export interface PoolGeometry {
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Grown after the image to whole windows; a negative end is what no window reaches. */
  readonly padding: Padding2d;
  /** Outputs. */
  readonly size: Pair;
}

export function poolGeometry(node: NodeOf<'maxPool2d'> | NodeOf<'avgPool2d'>, x: Value): PoolGeometry {
  const { kernel, stride, padding } = node.attributes;
  const [, , height = 1, width = 1] = x.shape;
  const size = poolSize([height, width], node.attributes);
  const after = (axis: 0 | 1, extent: number, before: number) =>
    (size[axis] - 1) * stride[axis] + kernel[axis] - extent - before;
  return {
    kernel,
    stride,
    size,
    padding: {
      top: padding.top,
      left: padding.left,
      bottom: after(0, height, padding.top),
      right: after(1, width, padding.left),
    },
  };
}

/** How many pixels each window's mean divides by, [rows, columns]. PyTorch's rule. */
function divisors(node: NodeOf<'avgPool2d'>, x: Value, { kernel, stride, size }: PoolGeometry): Float32Array {
  const { padding, countIncludePad } = node.attributes;
  const [, , height = 1, width = 1] = x.shape;
  const counts = (axis: 0 | 1, extent: number, before: number, after: number) =>
    Array.from({ length: size[axis] }, (_, i) => {
      const start = i * stride[axis] - before;
      // With ceil mode a window may pass even the padding; what lies beyond never counts.
      const end = Math.min(start + kernel[axis], extent + after);
      return countIncludePad ? end - start : Math.min(end, extent) - Math.max(start, 0);
    });
  const rows = counts(0, height, padding.top, padding.bottom);
  const columns = counts(1, width, padding.left, padding.right);
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
}

export function avgPool2d(node: NodeOf<'avgPool2d'>, [x]: readonly Value[], emit: Emitter): Lowered {
  if (x === undefined) throw new RangeError(`${node.name} has no input`);
  const pool = poolGeometry(node, x);
  const { kernel, stride, padding, size } = pool;
  const area = kernel[0] * kernel[1];
  const counts = divisors(node, x, pool);
  const uneven = counts.some((count) => count !== area);
  const factors = () =>
    emit.constant(`pool ${counts.join()}`, [...size], () => counts.map((count) => area / count));
  const correct = (value: Value) => (uneven ? emit.mul(value, factors()) : value);
  const { cropped, rest } = cropNegative(emit, x, padding);
  // onnxruntime wants padding smaller than the window, which ceil mode may exceed.
  const fits = Math.max(rest.top, rest.bottom) < kernel[0] && Math.max(rest.left, rest.right) < kernel[1];
  return {
    output: correct(
      fits
        ? emit.averagePool(cropped, kernel, stride, rest)
        : emit.averagePool(emit.pad(cropped, rest), kernel, stride),
    ),
    backward: (gradient) => {
      const [, , height = 1, width = 1] = x.shape;
      const spread = spreadPixels(emit, correct(gradient), stride);
      const around = paddingForFullCorrelation(
        spread,
        [height, width],
        kernel,
        [1, 1],
        node.attributes.padding,
      );
      // A window of stride 1 over spread gradients: mean = sum / area, which is the gradient of a mean.
      return [emit.averagePool(emit.pad(spread, around), kernel, [1, 1])];
    },
  };
}

export function globalAvgPool(_node: NodeOf<'globalAvgPool'>, [x]: readonly Value[], emit: Emitter): Lowered {
  if (x === undefined) throw new RangeError('globalAvgPool has no input');
  const [batch = 1, channels = 1, ...size] = x.shape;
  return {
    output: emit.node('GlobalAveragePool', [x], [batch, channels, 1, 1]),
    backward: (gradient) => [emit.scale(gradient, 1 / elementCount(size))],
  };
}
