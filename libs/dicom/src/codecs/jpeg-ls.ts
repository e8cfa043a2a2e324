import load from '@cornerstonejs/codec-charls/decodewasmjs';
import type { PixelLayout, StoredArray } from '../pixels/layout.js';
import { badPixels, expectSize } from './bad-pixels.js';
import { WasmCodec } from './wasm-codec.js';

const codec = new WasmCodec({ name: 'JPEG-LS', load, decoder: 'JpegLSDecoder' });

/** JPEG-LS lossless and near-lossless (ITU-T T.87) by CharLS. */
export function decodeJpegLs(stream: Uint8Array, layout: PixelLayout): Promise<StoredArray> {
  expectSize('JPEG-LS', layout, frameHeader(stream));
  return codec.decode(stream, layout);
}

/** The start-of-frame segment (SOF55): CharLS takes memory for whatever it says. */
function frameHeader(s: Uint8Array) {
  if (s[0] !== 0xff || s[1] !== 0xd8) throw badPixels('the stream does not start like a JPEG-LS');
  let at = 2;
  while (at + 4 <= s.length) {
    if (s[at] !== 0xff) throw badPixels(`expected a JPEG-LS marker at byte ${at} of the stream`);
    const marker = s[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (s[at + 2]! << 8) | s[at + 3]!;
    if (marker === 0xf7) {
      if (length < 8 || at + 2 + length > s.length) break;
      return {
        precision: s[at + 4]!,
        rows: (s[at + 5]! << 8) | s[at + 6]!,
        columns: (s[at + 7]! << 8) | s[at + 8]!,
        components: s[at + 9]!,
      };
    }
    if (marker === 0xda || length < 2) break;
    at += 2 + length;
  }
  throw badPixels('the JPEG-LS stream has no frame header');
}
