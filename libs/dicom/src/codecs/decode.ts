import { asDicomError, describe, DicomError } from '../error.js';
import type { PixelLayout, StoredArray } from '../pixels/layout.js';
import type { PixelCoding } from '../transfer-syntax.js';
import { decodeRle } from './rle.js';

type Decoder = (stream: Uint8Array, layout: PixelLayout) => StoredArray | Promise<StoredArray>;

/** Codecs load on first use: a data set of uncompressed files never instantiates one. */
const decoders: Readonly<Partial<Record<PixelCoding, () => Promise<Decoder>>>> = {
  rle: () => Promise.resolve(decodeRle),
};

/**
 * Decodes the code stream of one frame to `rows * columns` stored values.
 *
 * @throws DicomError `dicom/bad-pixels` whatever goes wrong inside the codec
 */
export async function decodeFrame(
  coding: PixelCoding,
  stream: Uint8Array,
  layout: PixelLayout,
): Promise<StoredArray> {
  const load = decoders[coding];
  if (load === undefined) {
    throw new DicomError({
      code: 'dicom/unsupported',
      attribute: 'TransferSyntaxUID',
      reason: `there is no decoder for ${coding}`,
    });
  }
  const decode = await load();
  try {
    return await decode(stream, layout);
  } catch (cause) {
    throw asDicomError(cause, {
      code: 'dicom/bad-pixels',
      attribute: 'PixelData',
      reason: `the ${coding} pixels cannot be decoded: ${describe(cause)}`,
      remedy: 'copy the file again from its source',
    });
  }
}
