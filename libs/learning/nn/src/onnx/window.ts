import type { OpAttributes, Padding2d, Pair } from '../ops.js';
import { samePadding } from '../shapes/window.js';
import { int, ints, string, type OnnxAttributes } from './model.js';

/** ONNX lists the beginnings of all axes before their ends. */
export function onnxPads({ top, left, bottom, right }: Padding2d): OnnxAttributes[string] {
  return ints([top, left, bottom, right]);
}

/** Attributes of an ONNX `Conv`, padding given. */
export function convAttributes(
  attributes: Pick<OpAttributes['conv2d'], 'kernel' | 'stride' | 'dilation' | 'groups'>,
  padding: Padding2d,
): OnnxAttributes {
  const { kernel, stride, dilation, groups } = attributes;
  return {
    kernel_shape: ints(kernel),
    strides: ints(stride),
    dilations: ints(dilation),
    group: int(groups),
    pads: onnxPads(padding),
  };
}

/**
 * The same for an input of unknown size. `same` with stride 1 does not depend on the size;
 * otherwise ONNX's SAME_UPPER is TensorFlow's rule (no dilation: onnxruntime refuses that).
 */
export function convAttributesAnySize(attributes: OpAttributes['conv2d']): OnnxAttributes | undefined {
  const { kernel, stride, dilation, padding } = attributes;
  if (padding !== 'same') return convAttributes(attributes, padding);
  if (stride[0] === 1 && stride[1] === 1)
    return convAttributes(attributes, fixedSamePadding(kernel, dilation));
  if (dilation[0] !== 1 || dilation[1] !== 1) return undefined;
  return {
    kernel_shape: ints(kernel),
    strides: ints(stride),
    group: int(attributes.groups),
    auto_pad: string('SAME_UPPER'),
  };
}

function fixedSamePadding(kernel: Pair, dilation: Pair): Padding2d {
  const [top, bottom] = samePadding(1, kernel[0], 1, dilation[0]);
  const [left, right] = samePadding(1, kernel[1], 1, dilation[1]);
  return { top, bottom, left, right };
}

/**
 * Attributes of an ONNX pooling for an input of unknown size. ONNX keeps a last window that starts beyond the
 * image, PyTorch drops it; where strides are so large that this can happen, padding after the image by the
 * kernel less one, without ceil mode, gives PyTorch's windows.
 */
export function poolAttributes(attributes: OpAttributes['maxPool2d']): OnnxAttributes {
  const drops = dropsLastWindow(attributes);
  const { kernel, padding } = attributes;
  return {
    kernel_shape: ints(kernel),
    strides: ints(attributes.stride),
    pads: onnxPads(drops ? { ...padding, bottom: kernel[0] - 1, right: kernel[1] - 1 } : padding),
    ceil_mode: int(attributes.ceilMode && !drops ? 1 : 0),
  };
}

/** Whether a window of ceil mode may start beyond the image. */
export function dropsLastWindow({ kernel, stride, padding, ceilMode }: OpAttributes['maxPool2d']): boolean {
  return ceilMode && (stride[0] > kernel[0] - padding.bottom || stride[1] > kernel[1] - padding.right);
}
