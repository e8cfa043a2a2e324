import type { ValueId } from '../network.js';
import type { Shape } from '../tensor.js';
import type { Randomness } from '../training/masks.js';
import type { Tensor64 } from './tensor64.js';

/** What the reference of one node sees. */
export interface ReferenceContext {
  readonly parameter: (name: string | undefined) => Tensor64;
  /** Training mode: batch statistics unless frozen. */
  readonly batchStatistics: boolean;
  /** Random numbers that act on a value; absent in evaluation. */
  readonly random: ((value: ValueId, randomness: Randomness, shape: Shape) => Tensor64) | undefined;
}
