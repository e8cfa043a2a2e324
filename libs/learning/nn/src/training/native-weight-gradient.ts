import { int, ints } from '../onnx/model.js';
import type { Padding2d } from '../ops.js';
import { elementCount } from '../tensor.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';

/** Inputs of a block: with fewer of them, products of all taps at once take less time. */
const BLOCK = 16;

/** By the native operator [O, I / groups, kh, kw]; undefined where the ways with public operators take less time or it does not apply. */
export function nativeWeightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  { kernel, stride, dilation, groups }: ConvGeometry,
  padding: Padding2d,
): Value | undefined {
  if (emit.dialect !== 'native' || emit.precision !== 'float32') return undefined;
  const inputs = (x.shape[1] ?? 1) / groups;
  const outputs = (gradient.shape[1] ?? 1) / groups;
  // 1x1 convolutions are matrix products, which onnxruntime computes as fast.
  if (groups === 1 && (inputs < BLOCK || elementCount(kernel) === 1)) return undefined;
  const whole = inputs % BLOCK === 0 || (inputs === outputs && BLOCK % inputs === 0);
  if (groups > 1 && !whole) return undefined;
  const { top, left, bottom, right } = padding;
  if (Math.min(top, left, bottom, right) < 0) return undefined;
  const attributes = {
    kernel: ints(kernel),
    stride: ints(stride),
    dilation: ints(dilation),
    padding: ints([top, left, bottom, right]),
    groups: int(groups),
  };
  const shape = [outputs * groups, inputs, ...kernel];
  return emit.native('WeightGradient', [x, gradient], [shape], attributes)[0];
}
