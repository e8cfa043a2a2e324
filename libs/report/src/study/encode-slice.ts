import { deflateRawSync } from 'node:zlib';
import type { HounsfieldSlice } from '@ichor/pictures';

/** A slice as the viewer in the page unpacks it. */
export interface EncodedSlice {
  readonly width: number;
  readonly height: number;
  /**
   * Base64 of deflated bytes: differences to the left neighbour (of a row's first pixel: to 0),
   * zigzag-coded to unsigned 16 bits, all low bytes first, then all high bytes.
   */
  readonly pixels: string;
}

/** Hounsfield units below this are air to every window of the report; cutting its noise halves the size. */
const lowest = -400;

/** Packs Hounsfield units for a page: exact from -400 to 4095 HU, clamped beyond. */
export function encodeSlice({ width, height, data }: HounsfieldSlice): EncodedSlice {
  const count = width * height;
  const bytes = new Uint8Array(2 * count);
  for (let y = 0, i = 0; y < height; y++) {
    let left = 0;
    for (let x = 0; x < width; x++, i++) {
      const value = Math.min(Math.max(Math.round(data[i]!), lowest), 4095);
      const difference = value - left;
      const zigzag = difference < 0 ? -2 * difference - 1 : 2 * difference;
      bytes[i] = zigzag & 0xff;
      bytes[count + i] = zigzag >> 8;
      left = value;
    }
  }
  return { width, height, pixels: deflateRawSync(bytes, { level: 6 }).toString('base64') };
}
