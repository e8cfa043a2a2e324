import loadOpenJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import loadOpenJph from '@cornerstonejs/codec-openjph/wasmjs';
import type { PixelLayout, StoredArray } from '../pixels/layout.js';
import { expectSize } from './bad-pixels.js';
import { readCodestreamHeader } from './jpeg-2000-header.js';
import { WasmCodec } from './wasm-codec.js';

const openJpeg = new WasmCodec({
  name: 'JPEG 2000',
  load: loadOpenJpeg,
  file: () => new URL('@cornerstonejs/codec-openjpeg/decodewasm', import.meta.url),
  decoder: 'J2KDecoder',
});
const openJph = new WasmCodec({
  name: 'HTJ2K',
  load: loadOpenJph,
  file: () => new URL('@cornerstonejs/codec-openjph/wasm', import.meta.url),
  decoder: 'HTJ2KDecoder',
});

/** JPEG 2000 Part 1 (ITU-T T.800) by OpenJPEG. */
export function decodeJpeg2000(stream: Uint8Array, layout: PixelLayout): Promise<StoredArray> {
  const header = readCodestreamHeader(stream);
  expectSize('JPEG 2000', layout, header);
  return openJpeg.decode(header.codestream, layout);
}

/** High-throughput JPEG 2000 (ITU-T T.814) by OpenJPH. */
export function decodeHtj2k(stream: Uint8Array, layout: PixelLayout): Promise<StoredArray> {
  const header = readCodestreamHeader(stream);
  expectSize('HTJ2K', layout, header);
  return openJph.decode(header.codestream, layout);
}
