import { elementCount } from '../tensor.js';
import type { Emitter, Value } from './emitter.js';

/**
 * Whether to gather all samples into one long matrix [C, N P] before a product: transposing activations
 * costs less than one small product for each sample and the sum of their results.
 */
export function foldsBatch(batch: number, channels: number, weights: number, pixels: number): boolean {
  return batch > 1 && (pixels < 200 || weights > channels * pixels);
}

/** [N, C, H, W] to [C, N H W]. */
export function channelRows(emit: Emitter, x: Value): Value {
  const [batch = 1, channels = 1, ...size] = x.shape;
  const pixels = elementCount(size);
  const moved = emit.transpose(emit.reshape(x, [batch, channels, pixels]), [1, 0, 2]);
  return emit.reshape(moved, [channels, batch * pixels]);
}
