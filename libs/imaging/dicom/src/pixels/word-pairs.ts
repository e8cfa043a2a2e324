import type { StoredArray } from './layout.js';

/** The 16-bit values of an array as 32-bit words; the caller handles values that do not fill a word. */
export interface WordPairs {
  /** Number of values before the first word: 1 if the array begins in the middle of a word, as in every second file. */
  readonly first: number;
  /** Two values each. */
  readonly words: Int32Array;
  /** Number of values before the end of the last word; the caller handles the values from here on. */
  readonly end: number;
}

/** There are no words if the values do not have 16 bits, or if there are fewer than two. */
export function wordPairs(data: StoredArray): WordPairs {
  if (data.BYTES_PER_ELEMENT !== 2 || data.length < 2) return { first: 0, words: new Int32Array(0), end: 0 };
  const first = (data.byteOffset >> 1) & 1;
  const words = new Int32Array(data.buffer, data.byteOffset + 2 * first, (data.length - first) >> 1);
  return { first, words, end: first + 2 * words.length };
}
