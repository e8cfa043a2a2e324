import { DicomError } from '../error.js';
import type { PixelLayout, StoredArray } from './layout.js';

const machineIsBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/**
 * One frame of uncompressed pixels: a view on `bytes` if byte order and alignment allow it, otherwise a copy.
 *
 * @param bytes the pixel data of all frames
 * @throws DicomError `dicom/truncated` when Rows x Columns x NumberOfFrames needs more
 */
export function nativeFrame(
  bytes: Uint8Array,
  layout: PixelLayout,
  frame: number,
  bigEndian: boolean,
): StoredArray {
  const pixels = layout.rows * layout.columns;
  const width = layout.bitsAllocated / 8;
  const needed = pixels * width * layout.frames;
  if (bytes.length < needed) {
    throw new DicomError({
      code: 'dicom/truncated',
      attribute: 'PixelData',
      reason:
        `${layout.frames} x ${layout.rows} x ${layout.columns} pixels of ${width} bytes need ${needed} bytes, ` +
        `found ${bytes.length}`,
      remedy: 'copy the file again from its source',
    });
  }
  const from = bytes.byteOffset + frame * pixels * width;
  const swap = width > 1 && bigEndian !== machineIsBigEndian;
  if (!swap && from % width === 0) return arrayOf(bytes.buffer, from, pixels, layout);
  const copy = new Uint8Array(bytes.buffer, from, pixels * width).slice();
  if (swap) for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return arrayOf(copy.buffer, copy.byteOffset, pixels, layout);
}

/** The typed array of `layout` over a buffer. */
export function arrayOf(
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
  { bitsAllocated, signed }: Pick<PixelLayout, 'bitsAllocated' | 'signed'>,
): StoredArray {
  switch (bitsAllocated) {
    case 8:
      return signed ? new Int8Array(buffer, byteOffset, length) : new Uint8Array(buffer, byteOffset, length);
    case 16:
      return signed
        ? new Int16Array(buffer, byteOffset, length)
        : new Uint16Array(buffer, byteOffset, length);
    case 32:
      return signed
        ? new Int32Array(buffer, byteOffset, length)
        : new Uint32Array(buffer, byteOffset, length);
  }
}
