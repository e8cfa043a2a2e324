import type { Padding2d, Pair } from '../ops.js';
import { kernelExtent } from '../shapes/window.js';
import type { Emitter, Value } from './emitter.js';

/** Zeros between and after the pixels: [N, C, H, W] to [N, C, H * s, W * s]. */
export function spreadPixels(emit: Emitter, x: Value, stride: Pair): Value {
  if (stride[0] === 1 && stride[1] === 1) return x;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const columns = width * stride[1];
  // A product with a selection matrix writes each row and the rows of zeros after it in long runs;
  // padding every pixel by itself takes three times as long.
  const length = stride[0] * columns;
  const selection = emit.constant(`spread ${width} by ${stride.join()}`, [width, length], () => {
    const data = new Float32Array(width * length);
    for (let column = 0; column < width; column++) data[column * length + column * stride[1]] = 1;
    return data;
  });
  const rows = emit.product(emit.reshape(x, [batch * channels * height, width]), selection);
  return emit.reshape(rows, [batch, channels, height * stride[0], columns]);
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
