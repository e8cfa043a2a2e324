import type { PixelLayout, StoredArray } from './layout.js';

/**
 * Keeps the BitsStored bits below HighBit and extends their sign (PS3.5 section 8.1.1): the bits above may hold
 * overlays or nothing defined. Returns `data` itself when all values are already so, else a copy.
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
  if (data.BYTES_PER_ELEMENT === 2 && data.byteOffset % 4 === 0) {
    return areHalvesClean(data, bitsStored, signed);
  }
  let seen = 0;
  if (signed) for (let i = 0; i < data.length; i++) seen |= data[i]! ^ (data[i]! << 1);
  else for (let i = 0; i < data.length; i++) seen |= data[i]!;
  // A signed value fits when its bits from bitsStored - 1 upwards agree: no two neighbours differ.
  const above = bitsStored === 32 ? 0 : (-1 << bitsStored) & (data.BYTES_PER_ELEMENT === 1 ? 0xff : -1);
  return (seen & above) === 0;
}

/** The same for 16-bit values, two at a time. */
function areHalvesClean(data: StoredArray, bitsStored: number, signed: boolean): boolean {
  const pairs = new Int32Array(data.buffer, data.byteOffset, data.length >> 1);
  const half = (-1 << bitsStored) & 0xffff;
  const above = half | (half << 16);
  let seen = 0;
  if (signed) for (let i = 0; i < pairs.length; i++) seen |= pairs[i]! ^ (pairs[i]! << 1);
  else for (let i = 0; i < pairs.length; i++) seen |= pairs[i]!;
  if (data.length % 2 === 1) {
    const last = data[data.length - 1]!;
    seen |= (signed ? last ^ (last << 1) : last) & 0xffff;
  }
  return (seen & above) === 0;
}
