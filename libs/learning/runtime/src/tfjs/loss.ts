import type * as tfjs from '@tensorflow/tfjs';
import type { Loss } from '../engine.js';
import { EngineError } from '../error.js';
import type { TensorFlow } from './tensorflow.js';

/**
 * Mean loss of logits [N, K] against targets [N, K], which may be soft; weighted sum where the loss says so.
 *
 * @throws EngineError `runtime/input` for a weighted loss without weights
 */
export function lossOf(
  tf: TensorFlow,
  loss: Loss,
  logits: tfjs.Tensor,
  { targets, weights }: { readonly targets: tfjs.Tensor; readonly weights: tfjs.Tensor | undefined },
): tfjs.Scalar {
  if (loss.kind === 'crossEntropy') {
    const samples = logits.shape[0] ?? 1;
    return tf.div(tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)))), samples);
  }
  // softplus(x) - t x is the cross-entropy of sigmoid(x) without its overflow.
  const elements = tf.sub(tf.softplus(logits), tf.mul(targets, logits));
  const weighted =
    loss.classWeights === undefined ? elements : tf.mul(elements, tf.tensor1d([...loss.classWeights]));
  if (loss.weighted !== true) return tf.mean(weighted);
  if (weights === undefined) {
    throw new EngineError({ code: 'runtime/input', reason: 'a weighted loss needs "weights" in each batch' });
  }
  return tf.sum(tf.mul(weighted, weights));
}
