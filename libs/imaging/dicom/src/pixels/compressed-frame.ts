import { present } from '@ichor/files/present';
import { concatBytes, uint32At } from '../bytes.js';
import { DicomError } from '../error.js';
import type { DataSet, Element } from '../parse/element.js';
import { readFragments, type Fragment } from '../parse/fragments.js';
import type { PixelLayout } from './layout.js';

/**
 * The code stream of one frame: a view on the file when it is one fragment, else the fragments joined.
 *
 * The extended or the basic offset table separates the frames; without one, each fragment must be a frame.
 *
 * @throws DicomError `dicom/malformed` when the fragments cannot be assigned to the frames
 */
export function compressedFrame(
  { bytes, elements }: DataSet,
  element: Element,
  { frames }: PixelLayout,
  frame: number,
): Uint8Array {
  if (!element.undefinedLength) {
    throw malformed('compressed pixels must stand in fragments, but the element has a length');
  }
  const encapsulated = readFragments(bytes, element.offset, bytes.length);
  const { fragments } = encapsulated;
  if (fragments.length === 0) throw malformed('there is no fragment of compressed pixels');
  let own: readonly Fragment[];
  if (frames === 1) {
    own = fragments;
  } else if (fragments.length === frames) {
    own = [present(fragments[frame])];
  } else {
    const offsets = extendedOffsets(bytes, elements.get('x7fe00001')) ?? encapsulated.offsets;
    own = between(fragments, offsets, frames, frame);
  }
  const [only] = own;
  if (own.length === 1 && only !== undefined) return bytes.subarray(only.start, only.end);
  return concatBytes(own.map(({ start, end }) => bytes.subarray(start, end)));
}

function between(
  fragments: readonly Fragment[],
  offsets: readonly number[],
  frames: number,
  frame: number,
): readonly Fragment[] {
  if (offsets.length !== frames) {
    throw malformed(
      `${fragments.length} fragments cannot be assigned to ${frames} frames by an offset table of ${offsets.length}`,
    );
  }
  const origin = present(fragments[0]).start - 8;
  const from = origin + present(offsets[frame]);
  const to = frame + 1 < frames ? origin + present(offsets[frame + 1]) : Infinity;
  const own = fragments.filter(({ start }) => start - 8 >= from && start - 8 < to);
  if (own.length === 0 || present(own[0]).start - 8 !== from) {
    throw malformed(`the offset of frame ${frame} does not meet a fragment`);
  }
  return own;
}

/** ExtendedOffsetTable: 8 bytes each. */
function extendedOffsets(bytes: Uint8Array, element: Element | undefined): number[] | undefined {
  if (element === undefined || element.length % 8 !== 0) return undefined;
  const offsets: number[] = [];
  for (let at = element.offset; at < element.offset + element.length; at += 8) {
    offsets.push(uint32At(bytes, at) + uint32At(bytes, at + 4) * 2 ** 32);
  }
  return offsets;
}

function malformed(reason: string): DicomError {
  return new DicomError({ code: 'dicom/malformed', attribute: 'PixelData', reason });
}
