import load from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import { indexOfBytes } from '../bytes.js';
import type { PixelLayout, StoredArray } from '../pixels/layout.js';
import { badPixels, expectSize } from './bad-pixels.js';
import { decodeJpegExtended } from './jpeg/extended.js';
import { readJpegHeader } from './jpeg/header.js';
import { WasmCodec } from './wasm-codec.js';

const END_OF_IMAGE = [0xff, 0xd9];
const codec = new WasmCodec({
  name: 'JPEG',
  load,
  file: () => new URL('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm', import.meta.url),
  decoder: 'JPEGDecoder',
});

/** JPEG Baseline and Extended: 8 bits by libjpeg-turbo, 12 bits by `decodeJpegExtended`. */
export function decodeJpegSequential(
  stream: Uint8Array,
  layout: PixelLayout,
): StoredArray | Promise<StoredArray> {
  const header = readJpegHeader(stream);
  if (header.process > 1) throw badPixels(`expected a sequential JPEG frame, found SOF${header.process}`);
  if (header.precision !== 8) return decodeJpegExtended(stream, layout);
  expectSize('JPEG', layout, header);
  const blocks = Math.ceil(header.rows / 8) * Math.ceil(header.columns / 8);
  if ((stream.length - header.scanStart) * 4 < blocks) throw badPixels('the compressed pixels end too early');
  // libjpeg-turbo fills missing pixels with gray. Inside entropy-coded data ff d9 always marks the end.
  if (indexOfBytes(stream, END_OF_IMAGE, header.scanStart) < 0) {
    throw badPixels('the compressed pixels end too early');
  }
  return codec.decode(stream, layout);
}
