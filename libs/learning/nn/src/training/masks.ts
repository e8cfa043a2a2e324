import type { ValueId } from '../network.js';
import { uniformStream } from '../random.js';
import { elementCount, type Shape } from '../tensor.js';

/** What a random mask depends on; equal keys give equal masks on every engine. */
export interface MaskKey {
  readonly seed: number;
  /** Optimizer steps taken before. */
  readonly step: number;
  /** Place of the micro-batch within the step. */
  readonly batch: number;
  /** The dropped value. */
  readonly value: ValueId;
}

/** Zero with probability `rate`, else 1 / (1 - rate). */
export function dropoutMask({ seed, step, batch, value }: MaskKey, rate: number, shape: Shape): Float32Array {
  const uniform = uniformStream(seed, step, batch, value);
  const mask = new Float32Array(elementCount(shape));
  const kept = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) mask[i] = uniform() < rate ? 0 : kept;
  return mask;
}
