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

/** The distribution of the numbers that training draws at each step. */
export type Randomness =
  /** Zero with probability `rate`, else 1 / (1 - rate). */
  | { readonly kind: 'drop'; readonly rate: number }
  /** Normal around 0. */
  | { readonly kind: 'normal'; readonly deviation: number };

/** The random numbers of one value in one step. */
export function randomValues(key: MaskKey, randomness: Randomness, shape: Shape): Float32Array {
  const uniform = uniformStream(key.seed, key.step, key.batch, key.value);
  const values = new Float32Array(elementCount(shape));
  if (randomness.kind === 'drop') {
    const kept = 1 / (1 - randomness.rate);
    for (let i = 0; i < values.length; i++) values[i] = uniform() < randomness.rate ? 0 : kept;
  } else {
    for (let i = 0; i < values.length; i++) {
      // Box and Muller.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      values[i] = randomness.deviation * radius * Math.cos(2 * Math.PI * uniform());
    }
  }
  return values;
}
