import type { PixelLayout, StoredArray } from '../pixels/layout.js';

/**
 * Decoded samples of `precision` bits as stored values of the layout.
 *
 * Only the bits are used, not the sign that the code stream declares. PixelRepresentation determines the sign, and
 * `keepStoredBits` extends it from BitsStored afterwards.
 */
export function samplesToStored(
  samples: StoredArray,
  precision: number,
  signed: boolean,
  layout: PixelLayout,
): StoredArray {
  const { bitsAllocated } = layout;
  const stored = newArray(samples.length, layout);
  stored.set(samples);
  // A signed value with fewer bits in the stream than BitsStored keeps its own sign bit.
  if (layout.signed && !signed && precision < layout.bitsStored && precision < bitsAllocated) {
    const shift = 32 - precision;
    for (let i = 0; i < stored.length; i++) stored[i] = (stored[i]! << shift) >> shift;
  }
  return stored;
}

function newArray(length: number, { bitsAllocated, signed }: PixelLayout): StoredArray {
  if (bitsAllocated === 8) return signed ? new Int8Array(length) : new Uint8Array(length);
  if (bitsAllocated === 16) return signed ? new Int16Array(length) : new Uint16Array(length);
  return signed ? new Int32Array(length) : new Uint32Array(length);
}
