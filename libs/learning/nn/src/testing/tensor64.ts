import { elementCount, type Shape, type Tensor } from '../tensor.js';

/** A dense tensor in double precision, C order. */
export interface Tensor64 {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export function tensor64(shape: Shape, value: (index: number) => number = () => 0): Tensor64 {
  return { shape, data: Float64Array.from({ length: elementCount(shape) }, (_, i) => value(i)) };
}

export function toTensor64({ shape, data }: Tensor): Tensor64 {
  return { shape, data: Float64Array.from(data) };
}

/** Reads [N, C, H, W]; what lies outside the image is `outside`. */
export function pixelReader({ shape, data }: Tensor64, outside: number) {
  const [, channels = 1, height = 1, width = 1] = shape;
  return (n: number, c: number, y: number, x: number): number =>
    y < 0 || x < 0 || y >= height || x >= width
      ? outside
      : (data[((n * channels + c) * height + y) * width + x] ?? NaN);
}

/** Fills a tensor from its four coordinates. */
export function fill4(shape: Shape, value: (n: number, c: number, y: number, x: number) => number): Tensor64 {
  const [, channels = 1, height = 1, width = 1] = shape;
  return tensor64(shape, (i) =>
    value(
      Math.floor(i / (channels * height * width)),
      Math.floor(i / (height * width)) % channels,
      Math.floor(i / width) % height,
      i % width,
    ),
  );
}

/** The first operand of a rule, and the second. */
export const first = (inputs: readonly Tensor64[]): Tensor64 => inputs[0] ?? tensor64([0]);
export const second = (inputs: readonly Tensor64[]): Tensor64 => inputs[1] ?? tensor64([0]);
