import { uint16At, uint32At } from '../bytes.js';
import { DicomError } from '../error.js';
import { nameOf } from './name.js';

/** A piece of compressed pixel data: `[start, end)` in the bytes of the file. */
export interface Fragment {
  readonly start: number;
  readonly end: number;
}

export interface EncapsulatedPixels {
  /** Offsets of the frames, counted from the first fragment's item header; empty when the file gives none. */
  readonly offsets: readonly number[];
  readonly fragments: readonly Fragment[];
  /** The byte after the sequence delimiter. */
  readonly end: number;
}

const PIXEL_DATA = 'x7fe00010';
const ITEM = 0xe000;
const SEQUENCE_END = 0xe0dd;

/**
 * The fragments of encapsulated pixel data (PS3.5 annex A.4), always little endian.
 *
 * @param start first byte after the element header, @param limit end of the bytes
 */
export function readFragments(bytes: Uint8Array, start: number, limit: number): EncapsulatedPixels {
  const fragments: Fragment[] = [];
  let offsets: number[] | undefined;
  const end = walkFragments(bytes, start, limit, (from, to) => {
    if (offsets === undefined) {
      if ((to - from) % 4 !== 0) {
        throw malformed('the basic offset table is not a whole number of 4-byte offsets');
      }
      offsets = [];
      for (let at = from; at < to; at += 4) offsets.push(uint32At(bytes, at));
    } else {
      fragments.push({ start: from, end: to });
    }
  });
  return { offsets: offsets ?? [], fragments, end };
}

/** Like `readFragments`, but only finds the end of the element `tag`, which need not hold pixels. */
export function skipFragments(bytes: Uint8Array, start: number, limit: number, tag = PIXEL_DATA): number {
  return walkFragments(bytes, start, limit, () => undefined, tag);
}

function walkFragments(
  bytes: Uint8Array,
  start: number,
  limit: number,
  visit: (start: number, end: number) => void,
  tag = PIXEL_DATA,
): number {
  let position = start;
  for (;;) {
    if (limit - position < 8) {
      // Some writers end the file with the last fragment. Its decoder detects whether the fragment is complete.
      if (tag === PIXEL_DATA && limit === bytes.length && position > start) return limit;
      throw new DicomError({
        code: 'dicom/truncated',
        attribute: nameOf(tag),
        reason: 'the file ends before the sequence delimiter of its fragments',
        remedy: 'copy the file again from its source',
      });
    }
    const group = uint16At(bytes, position);
    const element = uint16At(bytes, position + 2);
    const length = uint32At(bytes, position + 4);
    position += 8;
    if (group === 0xfffe && element === SEQUENCE_END) return position;
    if (group !== 0xfffe || element !== ITEM) {
      throw malformed(`expected an item with a fragment at byte ${position - 8}`, tag);
    }
    if (length > limit - position) {
      throw new DicomError({
        code: 'dicom/truncated',
        attribute: nameOf(tag),
        reason: `a fragment declares ${length} bytes, but only ${limit - position} are left`,
        remedy: 'copy the file again from its source',
      });
    }
    visit(position, position + length);
    position += length;
  }
}

function malformed(reason: string, tag = PIXEL_DATA): DicomError {
  return new DicomError({ code: 'dicom/malformed', attribute: nameOf(tag), reason });
}
