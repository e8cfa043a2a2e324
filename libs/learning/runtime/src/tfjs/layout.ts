import type * as tfjs from '@tensorflow/tfjs';
import type { Shape, Tensor } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { Activation, TensorFlow } from './tensorflow.js';

/** Where the channels are in an activation. */
export const channelAxis = (x: Activation): number => x.rank - 1;

/** A tensor of the network's layout (channels second) as an activation. */
export function toActivation(tf: TensorFlow, { shape, data }: Tensor): Activation {
  return tf.tidy(() => channelsLast(tf, tf.tensor(data, [...shape])));
}

export function channelsLast(tf: TensorFlow, x: tfjs.Tensor): Activation {
  return x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : x;
}

export function channelsSecond(tf: TensorFlow, x: Activation): tfjs.Tensor {
  return x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x;
}

/** Reads an activation back into the network's layout. */
export async function fromActivation(tf: TensorFlow, x: Activation): Promise<Tensor> {
  const ordered = tf.tidy(() => channelsSecond(tf, x).clone());
  const data = Float32Array.from(await ordered.data());
  const shape: Shape = [...ordered.shape];
  ordered.dispose();
  return { shape, data };
}

/** An activation of rank 4, or an error of this engine: the shape rules have been applied before. */
export function image(x: Activation): tfjs.Tensor4D {
  if (x.rank === 4) return x as tfjs.Tensor4D;
  throw new EngineError({ code: 'runtime/shape', reason: `expected an image, received rank ${x.rank}` });
}
