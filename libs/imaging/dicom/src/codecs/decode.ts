import { messageOf } from '@ichor/files/error';
import { asDicomError } from '../error.js';
import type { PixelLayout, StoredArray } from '../pixels/layout.js';
import type { PixelCoding } from '../transfer-syntax.js';
import { decodeRle } from './rle.js';

type Decoder = (stream: Uint8Array, layout: PixelLayout) => StoredArray | Promise<StoredArray>;

/** Codecs load on first use: a data set of uncompressed files never instantiates one. */
const decoders: Readonly<Record<Exclude<PixelCoding, 'native'>, () => Promise<Decoder>>> = {
  rle: () => Promise.resolve(decodeRle),
  'jpeg-baseline': async () => (await import('./jpeg-baseline.js')).decodeJpegSequential,
  'jpeg-extended': async () => (await import('./jpeg-baseline.js')).decodeJpegSequential,
  'jpeg-lossless': async () => (await import('./jpeg/lossless.js')).decodeJpegLossless,
  'jpeg-ls': async () => (await import('./jpeg-ls/decode.js')).decodeJpegLs,
  'jpeg-2000': async () => (await import('./jpeg-2000.js')).decodeJpeg2000,
  htj2k: async () => (await import('./jpeg-2000.js')).decodeHtj2k,
};

/**
 * Decodes the code stream of one frame to `rows * columns` stored values.
 *
 * @throws DicomError `dicom/bad-pixels` for any failure inside the codec
 */
export async function decodeFrame(
  coding: Exclude<PixelCoding, 'native'>,
  stream: Uint8Array,
  layout: PixelLayout,
): Promise<StoredArray> {
  const decode = await decoders[coding]();
  try {
    return await decode(stream, layout);
  } catch (cause) {
    throw asDicomError(cause, {
      code: 'dicom/bad-pixels',
      attribute: 'PixelData',
      reason: `the ${coding} pixels cannot be decoded: ${messageOf(cause)}`,
      remedy: 'copy the file again from its source',
    });
  }
}
