import { ints } from '../onnx/model.js';
import type { Lowered } from './context.js';
import type { Emitter, Value } from './emitter.js';
import { operand } from './operand.js';
import type { PoolGeometry } from './pooling.js';

/** A byte holds the place in a window. */
const MOST_TAPS = 256;

/** Whether the native operator computes this pooling: every window sees some of the image. */
export function takesNativePool(emit: Emitter, { kernel, padding }: PoolGeometry): boolean {
  const { top, left, bottom, right } = padding;
  const fits = Math.max(top, bottom) < kernel[0] && Math.max(left, right) < kernel[1];
  return emit.dialect === 'native' && fits && kernel[0] * kernel[1] <= MOST_TAPS && Math.min(top, left) >= 0;
}

/** The place of each maximum in its window is kept as a byte; by these places the gradient finds its way back. */
export function nativeMaxPool(
  x: Value,
  { kernel, stride, padding, size }: PoolGeometry,
  emit: Emitter,
): Lowered {
  const [batch = 1, channels = 1, ...image] = x.shape;
  const shape = [batch, channels, ...size];
  const window = {
    kernel: ints(kernel),
    stride: ints(stride),
    padding: ints([padding.top, padding.left]),
  };
  const made = emit.native('MaxPool', [x], [shape, shape], { ...window, size: ints(size) });
  return {
    output: operand(made, 0),
    backward: (gradient) =>
      emit.native('MaxPoolGradient', [gradient, operand(made, 1)], [x.shape], {
        ...window,
        image: ints(image),
      }),
  };
}
