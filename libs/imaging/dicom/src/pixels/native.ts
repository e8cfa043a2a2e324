import { endianness } from 'node:os';
import { DicomError } from '../error.js';
import type { PixelLayout, StoredArray } from './layout.js';

/**
 * One frame of uncompressed pixels: a view on `bytes` where byte order and alignment allow it, else a copy.
 *
 * @param start first byte of the pixel data, @param length bytes of it
 * @throws DicomError `dicom/truncated` when Rows x Columns x NumberOfFrames asks for more
 */
export function nativeFrame(
  bytes: Uint8Array,
  start: number,
  length: number,
  layout: PixelLayout,
  frame: number,
  bigEndian: boolean,
): StoredArray {
  const pixels = layout.rows * layout.columns;
  const width = layout.bitsAllocated / 8;
  const needed = pixels * width * layout.frames;
  if (length < needed) {
    throw new DicomError({
      code: 'dicom/truncated',
      attribute: 'PixelData',
      reason:
        `${layout.frames} x ${layout.rows} x ${layout.columns} pixels of ${width} bytes need ${needed} bytes, ` +
        `found ${length}`,
      remedy: 'copy the file again from its source',
    });
  }
  const from = bytes.byteOffset + start + frame * pixels * width;
  const swap = width > 1 && bigEndian !== (endianness() === 'BE');
  if (!swap && from % width === 0) return arrayOf(bytes.buffer, from, pixels, layout);
  const copy = Buffer.alloc(pixels * width);
  copy.set(new Uint8Array(bytes.buffer, from, pixels * width));
  if (swap && width === 2) copy.swap16();
  if (swap && width === 4) copy.swap32();
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
