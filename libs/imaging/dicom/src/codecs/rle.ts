import { present } from '@ichor/files/present';
import { DicomError } from '../error.js';
import { arrayOf } from '../pixels/native.js';
import type { PixelLayout, StoredArray } from '../pixels/layout.js';

const HEADER_BYTES = 64;

/**
 * RLE Lossless (PS3.5 annex G): one PackBits segment per byte of a sample, the most significant byte first.
 *
 * @throws DicomError `dicom/bad-pixels` when header and segments contradict the layout
 */
export function decodeRle(stream: Uint8Array, layout: PixelLayout): StoredArray {
  const width = layout.bitsAllocated / 8;
  const pixels = layout.rows * layout.columns;
  if (stream.length < HEADER_BYTES) throw bad('the RLE header is cut off');
  const header = new DataView(stream.buffer, stream.byteOffset, HEADER_BYTES);
  const segments = header.getUint32(0, true);
  if (segments !== width) throw bad(`expected ${width} RLE segments, found ${segments}`);
  const starts = Array.from({ length: width }, (_, i) => header.getUint32(4 * (i + 1), true));
  const ends = [...starts.slice(1), stream.length];
  starts.forEach((start, i) => {
    if (start < HEADER_BYTES || start > present(ends[i]) || present(ends[i]) > stream.length) {
      throw bad(`RLE segment ${i} spans the bytes ${start} to ${ends[i]} of ${stream.length}`);
    }
    // Two bytes give at most 128: refuse before the memory of the frame is taken.
    if ((present(ends[i]) - start) * 64 < pixels)
      throw bad(`RLE segment ${i} is too short for ${pixels} pixels`);
  });
  const bytes = new Uint8Array(pixels * width);
  starts.forEach((start, i) => {
    unpack(stream.subarray(start, ends[i]), bytes, width - 1 - i, width);
  });
  return arrayOf(bytes.buffer, 0, pixels, layout);
}

/** Writes every `step`-th byte from `at`; bytes beyond the frame are padding. */
function unpack(segment: Uint8Array, out: Uint8Array, at: number, step: number): void {
  const end = segment.length;
  let from = 0;
  let to = at;
  while (to < out.length) {
    if (from >= end) throw bad(`an RLE segment ends after ${(to - at) / step} pixels`);
    const code = segment[from++]!;
    if (code < 128) {
      const last = from + code + 1;
      if (last > end) throw bad('an RLE segment ends inside a literal run');
      while (from < last && to < out.length) {
        out[to] = segment[from++]!;
        to += step;
      }
      from = last;
    } else if (code > 128) {
      if (from >= end) throw bad('an RLE segment ends inside a replicate run');
      const value = segment[from++]!;
      for (let left = 257 - code; left > 0 && to < out.length; left--) {
        out[to] = value;
        to += step;
      }
    }
  }
}

function bad(reason: string): DicomError {
  return new DicomError({ code: 'dicom/bad-pixels', attribute: 'PixelData', reason });
}
