import { latin1, uint16At, uint32At } from '../bytes.js';
import { DicomError } from '../error.js';
import { UNDEFINED_LENGTH, type Element, type Encoding } from './element.js';
import { nameOf } from './name.js';

/** Value representations with a length of 4 bytes after 2 reserved ones in explicit data sets (PS3.5 section 7.1.2). */
const LONG_VRS = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];
const SHORT_VRS = 'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' ');

/** Text and bytes after the tag of an explicit header, by the two letters as one number. */
const vrs = new Map<number, { readonly vr: string; readonly long: boolean }>(
  [...LONG_VRS, ...SHORT_VRS].map((vr) => [
    (vr.charCodeAt(0) << 8) | vr.charCodeAt(1),
    { vr, long: LONG_VRS.includes(vr) },
  ]),
);

const ITEM = 'xfffee000';
const SEQUENCE_END = 'xfffee0dd';

/** Whether `vr` is a value representation of PS3.5 section 6.2. */
export function isVr(vr: string): boolean {
  return vrs.has((vr.charCodeAt(0) << 8) | vr.charCodeAt(1));
}

/** Whether the element at `at` begins with a tag and a value representation of PS3.5 section 6.2. */
export function hasVr(bytes: Uint8Array, at: number): boolean {
  return at + 6 <= bytes.length && vrs.has((bytes[at + 4]! << 8) | bytes[at + 5]!);
}

/**
 * Tag, representation and length of the element at `at`; its value is not read.
 *
 * An invalid representation (`??`, two blanks, a private one) or a header in the other encoding does not define the end
 * of the value. Each possible meaning is tried; it is accepted if the next element begins where the value would end.
 *
 * @param end of the data set or item
 * @throws DicomError `dicom/truncated`, `dicom/malformed`
 */
export function readElementHeader(bytes: Uint8Array, at: number, end: number, encoding: Encoding): Element {
  const tag = tagAt(bytes, at, encoding.bigEndian);
  if (!encoding.explicit) {
    const implicit = implicitHeader(bytes, at, tag, encoding);
    if (implicit.undefinedLength || implicit.length <= end - implicit.offset || !hasVr(bytes, at))
      return implicit;
    const explicit = readElementHeader(bytes, at, end, { ...encoding, explicit: true });
    return isFollowed(bytes, explicit, end, encoding) ? explicit : implicit;
  }
  // Items and delimiters have no value representation even in explicit data sets.
  if (tag.startsWith('xfffe')) return implicitHeader(bytes, at, tag, encoding);
  const known = vrs.get((bytes[at + 4]! << 8) | bytes[at + 5]!);
  if (known === undefined) return irregularHeader(bytes, at, end, tag, encoding);
  if (!known.long) return shortHeader(bytes, at, tag, known.vr, encoding);
  if (end - at < 12) {
    throw new DicomError({
      code: 'dicom/truncated',
      attribute: nameOf(tag),
      reason: 'the file or the enclosing item ends inside its header',
    });
  }
  return longHeader(bytes, at, tag, known.vr, encoding);
}

function shortHeader(
  bytes: Uint8Array,
  at: number,
  tag: string,
  vr: string | undefined,
  encoding: Encoding,
): Element {
  const length = uint16At(bytes, at + 6, encoding.bigEndian);
  return { tag, vr, offset: at + 8, length, undefinedLength: false };
}

function longHeader(
  bytes: Uint8Array,
  at: number,
  tag: string,
  vr: string | undefined,
  encoding: Encoding,
): Element {
  return withLength(tag, vr, at + 12, lengthAt(bytes, at + 8, encoding));
}

function implicitHeader(bytes: Uint8Array, at: number, tag: string, encoding: Encoding): Element {
  return withLength(tag, undefined, at + 8, lengthAt(bytes, at + 4, encoding));
}

function withLength(tag: string, vr: string | undefined, offset: number, length: number): Element {
  return { tag, vr, offset, length, undefinedLength: length === UNDEFINED_LENGTH };
}

function lengthAt(bytes: Uint8Array, at: number, { bigEndian }: Encoding): number {
  return uint32At(bytes, at, bigEndian);
}

/** Future representations have a long length; other text than two capitals occurs with a short length and with none. */
function irregularHeader(
  bytes: Uint8Array,
  at: number,
  end: number,
  tag: string,
  encoding: Encoding,
): Element {
  const short = shortHeader(bytes, at, tag, undefined, encoding);
  const implicit = implicitHeader(bytes, at, tag, encoding);
  const long = end - at < 12 ? [] : [longHeader(bytes, at, tag, undefined, encoding)];
  const capitals = /^[A-Z]{2}$/.test(latin1(bytes, at + 4, at + 6));
  const found = (capitals ? [...long, short] : [short, implicit, ...long]).find((header) =>
    isFollowed(bytes, header, end, encoding),
  );
  if (found !== undefined) return found;
  throw new DicomError({
    code: 'dicom/malformed',
    attribute: nameOf(tag),
    reason: `has no value representation at byte ${at + 4}`,
    remedy: 'export the file again as Explicit VR Little Endian',
  });
}

/** Whether the value ends at the end, or where an element with a higher tag begins. */
function isFollowed(
  bytes: Uint8Array,
  { tag, offset, length, undefinedLength }: Element,
  end: number,
  encoding: Encoding,
) {
  if (undefinedLength) return isItem(bytes, offset, end, encoding.bigEndian);
  return length <= end - offset && beginsAfter(bytes, offset + length, end, tag, encoding);
}

function isItem(bytes: Uint8Array, at: number, end: number, bigEndian: boolean): boolean {
  if (end - at < 8) return false;
  const tag = tagAt(bytes, at, bigEndian);
  return tag === ITEM || tag === SEQUENCE_END;
}

/** Whether an element that can follow `tag` begins at `at`, or the bytes end there. */
export function beginsAfter(
  bytes: Uint8Array,
  at: number,
  end: number,
  tag: string,
  encoding: Encoding,
): boolean {
  if (at === end) return true;
  if (end - at < 8) return false;
  const next = tagAt(bytes, at, encoding.bigEndian);
  if (next <= tag) return false;
  if (next.startsWith('xfffe') || hasVr(bytes, at)) return true;
  // Without representations only the length can be checked. In an explicit data set, consecutive irregular elements have one group.
  return encoding.explicit
    ? next.slice(0, 5) === tag.slice(0, 5)
    : lengthAt(bytes, at + 4, encoding) <= end - at - 8 || isItem(bytes, at + 8, end, encoding.bigEndian);
}

/** A cache of tag strings: creating them again would take most of the time of a header. */
const tagNames = new Map<number, string>();
const MOST_TAG_NAMES = 20_000;

export function tagAt(b: Uint8Array, at: number, bigEndian: boolean): string {
  const key = bigEndian
    ? (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!
    : (b[at + 1]! << 24) | (b[at]! << 16) | (b[at + 3]! << 8) | b[at + 2]!;
  let name = tagNames.get(key);
  if (name === undefined) {
    name = `x${(key >>> 0).toString(16).padStart(8, '0')}`;
    if (tagNames.size < MOST_TAG_NAMES) tagNames.set(key, name);
  }
  return name;
}

/** Tag and 4-byte length of an item. */
export function readItemHeader(
  bytes: Uint8Array,
  at: number,
  encoding: Encoding,
): [tag: string, length: number] {
  return [tagAt(bytes, at, encoding.bigEndian), lengthAt(bytes, at + 4, encoding)];
}
