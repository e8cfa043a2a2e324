import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync } from 'node:zlib';
import type { HeatMap, HounsfieldSlice } from '@ichor/windowing/pictures';

/** Runs on another thread, because deflating takes as long as everything else. */
const deflate = promisify<Uint8Array, { readonly strategy: number }, Buffer>(deflateRaw);

/** Differences repeat only where they are zero: other repetitions take four times as long to find and make the result larger. */
const strategy = constants.Z_RLE;

/** A slice as the viewer in the page unpacks it. */
export interface EncodedSlice {
  readonly width: number;
  readonly height: number;
  /**
   * Base64 of deflated bytes: differences to a prediction, zigzag-coded to unsigned 16 bits, all low bytes first, then
   * all high bytes. The prediction is the median of left + above - above left and of left and above, as in JPEG-LS;
   * in the first row it is left, in the first column above, for the first pixel 0.
   */
  readonly pixels: string;
}

/** Hounsfield units below this are air to every window of the report; cutting its noise halves the size. */
const lowest = -400;
/** The highest of 12 bits. */
const highest = 4095;

/** Packs Hounsfield units for a page: exact from -400 to 4095 HU, clamped beyond. */
export async function encodeSlice({ width, height, data }: HounsfieldSlice): Promise<EncodedSlice> {
  const count = width * height;
  const values = clamped(data);
  const bytes = new Uint8Array(2 * count);
  const write = (i: number, difference: number) => {
    const zigzag = difference < 0 ? -2 * difference - 1 : 2 * difference;
    bytes[i] = zigzag & 0xff;
    bytes[count + i] = zigzag >> 8;
  };
  for (let x = 0; x < width; x++) write(x, values[x]! - (x === 0 ? 0 : values[x - 1]!));
  for (let y = 1, i = width; y < height; y++) {
    // Neighbours are kept in variables: a call or a sort for each pixel takes ten times as long as deflating.
    let corner = values[i - width]!;
    let left = values[i]!;
    write(i, left - corner);
    i++;
    for (let x = 1; x < width; x++, i++) {
      const above = values[i - width]!;
      const value = values[i]!;
      const low = left < above ? left : above;
      const high = left < above ? above : left;
      write(i, value - (corner >= high ? low : corner <= low ? high : left + above - corner));
      corner = above;
      left = value;
    }
  }
  return { width, height, pixels: (await deflate(bytes, { strategy })).toString('base64') };
}

function clamped(data: HounsfieldSlice['data']): Int16Array {
  const values = new Int16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    values[i] = value < lowest ? lowest : value > highest ? highest : Math.round(value);
  }
  return values;
}

/** A heat map as the viewer unpacks it: 0 to 1 in steps of 1/255, a byte a cell, deflated; a third of a kilobyte. */
export function encodeHeat({ width, height, label, data }: HeatMap & { readonly label: string }) {
  const cells = Uint8Array.from(data, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));
  return { width, height, label, values: deflateRawSync(cells).toString('base64') };
}
