import type { StoredArray } from './layout.js';

/** The values of an array as words of 32 bits, where they have 16; what does not fill a word is left to the caller. */
export interface WordPairs {
  /** Values before the first word: 1 where the array begins in the middle of a word, as in every second file. */
  readonly first: number;
  /** Two values each. */
  readonly words: Int32Array;
  /** Values before the end of the last word; from here on they are left. */
  readonly end: number;
}

/** No words where the values have other than 16 bits, or are fewer than two. */
export function wordPairs(data: StoredArray): WordPairs {
  if (data.BYTES_PER_ELEMENT !== 2 || data.length < 2) return { first: 0, words: new Int32Array(0), end: 0 };
  const first = (data.byteOffset >> 1) & 1;
  const words = new Int32Array(data.buffer, data.byteOffset + 2 * first, (data.length - first) >> 1);
  return { first, words, end: first + 2 * words.length };
}
