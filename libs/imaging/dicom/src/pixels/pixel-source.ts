import type { DicomAttributes } from '../attributes.js';
import { decodeFrame } from '../codecs/decode.js';
import { DicomError } from '../error.js';
import type { Limits } from '../limits.js';
import type { ParsedFile } from '../parse/part10.js';
import { compressedFrame } from './compressed-frame.js';
import { pixelLayout, type StoredArray } from './layout.js';
import { nativeFrame } from './native.js';
import { keepStoredBits } from './stored-bits.js';

/** One frame of stored values, row by row from the top left. */
export interface Pixels {
  readonly rows: number;
  readonly columns: number;
  /** Counted from 0. */
  readonly frame: number;
  /** rows * columns values; may be a view on the bytes of the file. */
  readonly data: StoredArray;
}

/** Reads one frame; see `DicomFile.pixels`. */
export async function readPixels(
  { syntax, dataSet }: ParsedFile,
  attributes: DicomAttributes,
  limits: Limits,
  frame: number,
): Promise<Pixels> {
  const element = dataSet.pixelData;
  if (element === undefined) {
    const float = dataSet.elements.has('x7fe00008') || dataSet.elements.has('x7fe00009');
    throw new DicomError({
      code: float ? 'dicom/unsupported' : 'dicom/no-pixels',
      attribute: 'PixelData',
      reason: float ? 'floating point pixels are not read here' : 'the file holds no pixels',
    });
  }
  const layout = pixelLayout(attributes, limits);
  if (!Number.isInteger(frame) || frame < 0 || frame >= layout.frames) {
    throw new DicomError({
      code: 'dicom/no-such-frame',
      attribute: 'NumberOfFrames',
      reason: `frame ${frame} of ${layout.frames} was requested; frames are numbered from 0`,
    });
  }
  const { rows, columns } = layout;
  const { bytes } = dataSet;
  if (syntax.coding === 'native' && !element.undefinedLength) {
    const all = bytes.subarray(element.offset, element.offset + element.length);
    const data = nativeFrame(all, layout, frame, syntax.bigEndian);
    return { rows, columns, frame, data: keepStoredBits(data, layout) };
  }
  const stream = compressedFrame(dataSet, element, layout, frame);
  const data =
    syntax.coding === 'native'
      ? nativeFrame(stream, { ...layout, frames: 1 }, 0, false)
      : await decodeFrame(syntax.coding, stream, layout);
  return { rows, columns, frame, data: keepStoredBits(data, layout) };
}
