import type * as tfjs from '@tensorflow/tfjs';
import { poolSize, type NodeOf } from '@ichor/nn';
import { pad } from './convolution.js';
import { image } from './layout.js';
import type { Activation, TensorFlow } from './tensorflow.js';

/** Smaller than every float, and finite: infinities become NaN in some gradients. */
const LOWEST = -3.4028234663852886e38;

type PoolNode = NodeOf<'maxPool2d'> | NodeOf<'avgPool2d'>;

interface Extent {
  /** Output positions. */
  readonly count: number;
  /** Padding before, and after up to the end of the last window (cropped where windows leave a rest). */
  readonly before: number;
  readonly after: number;
}

export function maxPool(tf: TensorFlow, node: NodeOf<'maxPool2d'>, input: Activation): Activation {
  const { kernel, stride } = node.attributes;
  const { padded } = framed(tf, node, image(input), LOWEST);
  return tf.maxPool(padded, [kernel[0], kernel[1]], [stride[0], stride[1]], 'valid');
}

/**
 * Mean over each window. The library divides by the size of the window; PyTorch by the part of it inside
 * the padded image or, with `countIncludePad` false, inside the image.
 */
export function avgPool(tf: TensorFlow, node: NodeOf<'avgPool2d'>, input: Activation): Activation {
  const { kernel, stride, padding, countIncludePad } = node.attributes;
  const x = image(input);
  const { padded, rows, columns } = framed(tf, node, x, 0);
  const means = tf.avgPool(padded, [kernel[0], kernel[1]], [stride[0], stride[1]], 'valid');
  const [high, wide] = [
    coverage(rows, x.shape[1], kernel[0], stride[0], countIncludePad ? padding.bottom : undefined),
    coverage(columns, x.shape[2], kernel[1], stride[1], countIncludePad ? padding.right : undefined),
  ];
  const factors = high.flatMap((h) => wide.map((w) => (kernel[0] * kernel[1]) / (h * w)));
  if (factors.every((factor) => factor === 1)) return means;
  return tf.mul(means, tf.tensor(factors, [1, high.length, wide.length, 1]));
}

function framed(
  tf: TensorFlow,
  node: PoolNode,
  x: tfjs.Tensor4D,
  value: number,
): { readonly padded: tfjs.Tensor4D; readonly rows: Extent; readonly columns: Extent } {
  const { kernel, stride, padding } = node.attributes;
  const size = [x.shape[1], x.shape[2]] as const;
  const counts = poolSize(size, node.attributes);
  const extent = (axis: 0 | 1, before: number): Extent => {
    const end = (counts[axis] - 1) * stride[axis] + kernel[axis];
    return { count: counts[axis], before, after: Math.max(0, end - size[axis] - before) };
  };
  const rows = extent(0, padding.top);
  const columns = extent(1, padding.left);
  const frame = { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after };
  return { padded: pad(tf, x, frame, value), rows, columns };
}

/**
 * How many positions of each window count: those inside the image, and with `after` given also those in the
 * padding before it and `after` it.
 */
function coverage(
  { count, before }: Extent,
  size: number,
  kernel: number,
  stride: number,
  after: number | undefined,
): number[] {
  const [low, high] = after === undefined ? [0, size] : [-before, size + after];
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return Math.min(start + kernel, high) - Math.max(start, low);
  });
}
