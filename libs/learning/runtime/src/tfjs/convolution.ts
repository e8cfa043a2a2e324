import type * as tfjs from '@tensorflow/tfjs';
import { convPadding, type NodeOf } from '@ichor/nn';
import { image } from './layout.js';
import type { Activation, TensorFlow } from './tensorflow.js';

/**
 * Convolution of an [N, H, W, C] activation with OIHW weights.
 *
 * Padding is added beforehand, dilation is written into the kernel as zeros and groups are split (one channel
 * a group: depthwise): of these, the library has gradients only for depthwise.
 */
export function convolve(
  tf: TensorFlow,
  node: NodeOf<'conv2d'>,
  input: Activation,
  weight: tfjs.Tensor4D,
): Activation {
  const { stride, groups } = node.attributes;
  const x = image(input);
  const padding = convPadding(node.attributes, [x.shape[1], x.shape[2]]);
  const padded = pad(tf, x, padding, 0);
  const strides: [number, number] = [stride[0], stride[1]];
  const channels = x.shape[3];
  const kernel = dilate(tf, weight, node.attributes.dilation);
  if (groups === 1) {
    return tf.conv2d(padded, tf.transpose(kernel, [2, 3, 1, 0]), strides, 'valid');
  }
  const [outputs, , height, width] = kernel.shape;
  if (groups === channels && stride[0] === stride[1]) {
    // [C * M, 1, H, W] to [H, W, C, M]: the outputs of a channel lie together in both.
    const perChannel = tf.reshape(kernel, [channels, outputs / channels, height, width]);
    const filter = tf.transpose(perChannel, [2, 3, 0, 1]) as tfjs.Tensor4D;
    return tf.depthwiseConv2d(padded, filter, strides, 'valid');
  }
  const filter = tf.transpose(kernel, [2, 3, 1, 0]);
  const inputs = tf.split<tfjs.Tensor4D>(padded, groups, 3);
  const filters = tf.split<tfjs.Tensor4D>(filter, groups, 3);
  return tf.concat(
    inputs.map((part, g) => tf.conv2d(part, filters[g] ?? filter, strides, 'valid')),
    3,
  );
}

/** Pads height and width; negative amounts crop. */
export function pad(
  tf: TensorFlow,
  x: tfjs.Tensor4D,
  padding: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number },
  value: number,
): tfjs.Tensor4D {
  const { top, bottom, left, right } = padding;
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return x;
  const amounts: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad(x, amounts, value);
}

/** Puts `dilation - 1` zeros between the rows and columns of OIHW weights. */
function dilate(
  tf: TensorFlow,
  weight: tfjs.Tensor4D,
  [vertical, horizontal]: readonly [number, number],
): tfjs.Tensor4D {
  if (vertical === 1 && horizontal === 1) return weight;
  const [outputs, inputs, height, width] = weight.shape;
  const spread = tf.reshape(weight, [outputs * inputs, height, 1, width, 1]);
  const zeros: [number, number][] = [
    [0, 0],
    [0, 0],
    [0, vertical - 1],
    [0, 0],
    [0, horizontal - 1],
  ];
  const joined = tf.reshape(tf.pad(spread, zeros), [outputs, inputs, height * vertical, width * horizontal]);
  const size = [outputs, inputs, (height - 1) * vertical + 1, (width - 1) * horizontal + 1];
  return tf.slice(joined, [0, 0, 0, 0], size) as tfjs.Tensor4D;
}
