import type { OpAttributes, Padding2d, Pair } from '../ops.js';

/** Pixels that a dilated kernel spans. */
export function kernelExtent(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/**
 * TensorFlow's `SAME`: as many outputs as ceil(size / stride); the smaller half of the padding comes first.
 */
export function samePadding(size: number, kernel: number, stride: number, dilation: number): Pair {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernelExtent(kernel, dilation) - size, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** The padding of a convolution for one input size; throws nothing, any size has one. */
export function convPadding(attributes: OpAttributes['conv2d'], size: Pair): Padding2d {
  const { kernel, stride, dilation, padding } = attributes;
  if (padding !== 'same') return padding;
  const [top, bottom] = samePadding(size[0], kernel[0], stride[0], dilation[0]);
  const [left, right] = samePadding(size[1], kernel[1], stride[1], dilation[1]);
  return { top, bottom, left, right };
}

/** floor((size + padding - extent) / stride) + 1; below 1 where the window does not fit. */
export function convSize(size: number, extent: number, stride: number, padding: number): number {
  return Math.floor((size + padding - extent) / stride) + 1;
}

/**
 * Rows and columns after pooling by PyTorch's rule: with `ceilMode` a last partial window is kept if it starts inside the image
 * or the padding before it.
 */
export function poolSize(
  [height, width]: Pair,
  { kernel, stride, padding, ceilMode }: OpAttributes['maxPool2d'],
): Pair {
  const count = (size: number, axis: 0 | 1, [before, after]: Pair) =>
    windowCount({ size, kernel: kernel[axis], stride: stride[axis], before, after }, ceilMode);
  return [count(height, 0, [padding.top, padding.bottom]), count(width, 1, [padding.left, padding.right])];
}

interface PooledAxis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  /** Padding before and after the image. */
  readonly before: number;
  readonly after: number;
}

function windowCount({ size, kernel, stride, before, after }: PooledAxis, ceilMode: boolean): number {
  const room = size + before + after - kernel;
  if (!ceilMode) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}
