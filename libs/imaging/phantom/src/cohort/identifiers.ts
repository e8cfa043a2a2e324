import { createRandom } from '../random.js';

const HALF = 18;
const HALF_MASK = 2 ** HALF - 1;

/** What an identifier is of; each has its own sequence. */
export type IdentifierOf = 'patient' | 'study' | 'series' | 'slice';

/**
 * Names like `ID_0a1b2c3d4` for whole numbers below 2^36, without two of them ever being equal and without the order
 * showing: a Feistel network of four rounds, which is a permutation for any round function.
 */
export function createIdentifiers(seed: number, of: IdentifierOf): (counter: number) => string {
  const random = createRandom(seed, 'identifiers', of);
  const keys = [0, 0, 0, 0].map(() => random.integer(0, 2 ** 31 - 1));
  return (counter) => {
    if (!Number.isInteger(counter) || counter < 0 || counter >= 2 ** (2 * HALF)) {
      throw new RangeError(`identifier: expected a whole number below 2^36, received ${counter}`);
    }
    let left = Math.floor(counter / 2 ** HALF);
    let right = counter & HALF_MASK;
    for (const key of keys) {
      let mixed = Math.imul(right ^ key, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      const next = left ^ ((mixed ^ (mixed >>> 16)) & HALF_MASK);
      left = right;
      right = next;
    }
    return `ID_${(left * 2 ** HALF + right).toString(16).padStart(9, '0')}`;
  };
}
