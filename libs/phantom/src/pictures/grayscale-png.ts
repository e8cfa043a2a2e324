import { encode } from 'fast-png';

/** An 8-bit picture of one channel, row by row. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The bytes of a PNG file of a gray picture. */
export function grayscalePng({ width, height, pixels }: GrayImage): Uint8Array {
  if (pixels.length !== width * height) {
    throw new RangeError(`grayscalePng: ${pixels.length} pixels, expected ${width} x ${height}`);
  }
  return encode({ width, height, data: pixels, channels: 1, depth: 8 }, { zlib: { level: 9 } });
}
