import type { PixelLayout, StoredArray } from './layout.js';
import { wordPairs } from './word-pairs.js';

/**
 * Keeps the BitsStored bits below HighBit and extends their sign (PS3.5 section 8.1.1): the bits above may hold
 * overlays or undefined values. Returns `data` itself when it needs no change, otherwise a copy.
 */
export function keepStoredBits(data: StoredArray, layout: PixelLayout): StoredArray {
  const { bitsAllocated, bitsStored, highBit, signed } = layout;
  if (bitsStored === bitsAllocated) return data;
  const aligned = highBit === bitsStored - 1;
  if (aligned && isClean(data, bitsStored, signed)) return data;
  const copy = data.slice();
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  if (signed) for (let i = 0; i < copy.length; i++) copy[i] = (copy[i]! << up) >> down;
  else for (let i = 0; i < copy.length; i++) copy[i] = (copy[i]! << up) >>> down;
  return copy;
}

/** Whether every value lies in the range of `bitsStored` bits. */
function isClean(data: StoredArray, bitsStored: number, signed: boolean): boolean {
  const { first, words, end } = wordPairs(data);
  const bits = 8 * data.BYTES_PER_ELEMENT;
  // A signed value fits when its bits from bitsStored - 1 upwards agree: no two neighbours differ.
  const above = bitsStored === 32 ? 0 : (-1 << bitsStored) & (bits === 32 ? -1 : (1 << bits) - 1);
  let pairs = 0;
  if (signed) for (let i = 0; i < words.length; i++) pairs |= words[i]! ^ (words[i]! << 1);
  else for (let i = 0; i < words.length; i++) pairs |= words[i]!;
  const others = bitsSeen(data, 0, first, signed) | bitsSeen(data, end, data.length, signed);
  return ((pairs & (above | (above << 16))) | (others & above)) === 0;
}

function bitsSeen(data: StoredArray, from: number, to: number, signed: boolean): number {
  let seen = 0;
  if (signed) for (let i = from; i < to; i++) seen |= data[i]! ^ (data[i]! << 1);
  else for (let i = from; i < to; i++) seen |= data[i]!;
  return seen;
}
