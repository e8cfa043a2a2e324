import { DicomError } from '../error.js';
import type { Element } from './element.js';
import { skipFragments } from './fragments.js';

export const PIXEL_DATA = 'x7fe00010';

/**
 * The element of the pixels with its actual length.
 *
 * @param end of the data set
 * @param partial `bytes` is the beginning of a longer file: pixels that extend beyond it keep their announced length
 * @throws DicomError `dicom/truncated`, `dicom/malformed`
 */
export function pixelElement(bytes: Uint8Array, announced: Element, end: number, partial: boolean): Element {
  const { offset, length, undefinedLength } = announced;
  if (partial && (undefinedLength || length > end - offset)) return announced;
  if (undefinedLength) return { ...announced, length: skipFragments(bytes, offset, end) - offset };
  if (length <= end - offset) return announced;
  throw new DicomError({
    code: 'dicom/truncated',
    attribute: 'PixelData',
    reason: `declares ${length} bytes, but only ${end - offset} are left`,
    remedy: 'copy the file again from its source',
  });
}
