import { indexOfBytes, uint32At } from '../bytes.js';
import { keywordOf, isPrivate, vrOf } from '../dictionary/dictionary.js';
import { DicomError } from '../error.js';
import type { Limits } from '../limits.js';
import { beginsAfter, hasVr, readElementHeader, readItemHeader, tagAt } from './element-header.js';
import { UNDEFINED_LENGTH, type DataSet, type Element, type Encoding } from './element.js';
import { skipFragments } from './fragments.js';
import { nameOf } from './name.js';
import { PIXEL_DATA, pixelElement } from './pixel-element.js';

const ITEM = 'xfffee000';
const ITEM_END = 'xfffee00d';
const SEQUENCE_END = 'xfffee0dd';
const SEQUENCE_END_LITTLE_ENDIAN = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
const SEQUENCE_END_BIG_ENDIAN = [0xff, 0xfe, 0xe0, 0xdd, 0, 0, 0, 0];
const PADDING = 'x00000000';

/** PS3.5 section 6.2.2 note 7: a sequence that travels as UN is in Implicit VR Little Endian. */
const IMPLICIT: Encoding = { explicit: false, bigEndian: false };
const EXPLICIT: Encoding = { explicit: true, bigEndian: false };

/** Largest number of searches for the end of an unreadable value in one file. */
const MOST_SEARCHES = 64;

interface Walk {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
  /** Elements read so far. */
  count: number;
  searches: number;
  /** An announced end beyond the bytes is an error, unless the bytes are only the beginning of a file. */
  readonly partial: boolean;
}

/** A part that is read up to `end`: the data set, an item of a sequence, or the items themselves. */
interface Scope {
  readonly end: number;
  readonly encoding: Encoding;
  /** Number of enclosing sequences. */
  readonly depth: number;
}

/** A scope whose elements are read, into `elements`. */
interface ElementScope extends Scope {
  readonly elements: Map<string, Element>;
  /** It ends with an item delimiter, which comes before `end`. */
  readonly delimited: boolean;
}

export interface ParsedDataSet extends DataSet {
  /** The element of the pixels with its announced length. */
  readonly pixelData: Element | undefined;
}

/** Finds the elements of a data set; `parseDataSet` is one. */
export type DataSetParser = (
  bytes: Uint8Array,
  position: number,
  encoding: Encoding,
  limits: Limits,
  partial?: boolean,
) => ParsedDataSet;

/**
 * Reads the elements from `position` to the end of `bytes`.
 *
 * An unreadable sequence or value is kept as its bytes if its end is known. After the pixels, bytes that are not an
 * element end the data set. So a flaw in an element that is not requested has no effect, and a requested element with
 * a flaw is missing.
 *
 * @param partial `bytes` is the beginning of a longer file: pixel data may extend beyond its end.
 * @throws DicomError `dicom/truncated`, `dicom/malformed`, `dicom/too-deep`, `dicom/too-large`
 */
export function parseDataSet(
  bytes: Uint8Array,
  position: number,
  encoding: Encoding,
  limits: Limits,
  partial = false,
): ParsedDataSet {
  const walk: Walk = { bytes, limits, count: 0, searches: 0, partial };
  const elements = new Map<string, Element>();
  try {
    readElements(walk, position, { end: bytes.length, encoding, depth: 0, elements, delimited: false });
  } catch (cause) {
    if (!elements.has(PIXEL_DATA) || !isFlaw(cause)) throw cause;
  }
  return { bytes, encoding, elements, pixelData: elements.get(PIXEL_DATA) };
}

/** Reads the elements of a scope, which begins at `start`. Returns where it stopped. */
function readElements(walk: Walk, start: number, scope: ElementScope): number {
  const { bytes } = walk;
  const { end, encoding, depth, elements, delimited } = scope;
  let position = start;
  let previous = '';
  while (position < end) {
    const at = position;
    // Some writers pad the file with zeros to an even or a sector length.
    if (depth === 0 && isPadding(bytes, at, end)) return end;
    if (end - at < 8)
      throw truncated(previous, `the file ends inside the header of an element at byte ${at}`);
    count(walk);
    const element = readElementHeader(bytes, at, end, encoding);
    const { tag } = element;
    if (tag.startsWith('xfffe')) {
      if (tag === ITEM_END && delimited) return element.offset;
      if (tag === ITEM || element.length !== 0) {
        throw malformed(`an item or delimiter is outside a sequence at byte ${at}`);
      }
      // An extra delimiter has no effect.
      position = element.offset;
      continue;
    }
    // Signatures and padding follow the pixels; anything else does not belong to this data set.
    if (depth === 0 && elements.has(PIXEL_DATA) && tag <= PIXEL_DATA) return end;
    previous = tag;
    const next = readValue(walk, element, scope);
    if (next === undefined) return end;
    position = next;
  }
  if (delimited) throw truncated(previous, 'the file ends inside an item of undefined length');
  return end;
}

function isPadding(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at >= 8 && tagAt(bytes, at, false) !== PADDING) return false;
  return bytes.subarray(at, end).every((byte) => byte === 0);
}

/** Registers `element` and returns where the next one starts; undefined when the bytes end in partial pixel data. */
function readValue(walk: Walk, element: Element, scope: ElementScope): number | undefined {
  const { end, depth, elements } = scope;
  const { tag, vr, offset, length } = element;
  if (tag === PIXEL_DATA && depth === 0) {
    const pixels = pixelElement(walk.bytes, element, end, walk.partial);
    elements.set(tag, pixels);
    return pixels.length > end - offset ? undefined : offset + pixels.length;
  }
  if (element.undefinedLength) {
    const { stop, items } = readDelimited(walk, element, scope);
    elements.set(tag, { ...element, length: stop - offset, ...(items && { items }) });
    return stop;
  }
  if (length > end - offset) {
    throw truncated(tag, `declares ${length} bytes, but only ${end - offset} are left`);
  }
  const items =
    (vr === undefined || vr === 'UN' ? vrOf(tag) : vr) === 'SQ' && readBounded(walk, element, scope);
  elements.set(tag, items ? { ...element, items } : element);
  return offset + length;
}

/** The items of a sequence whose end is known; undefined where they cannot be read. */
function readBounded(walk: Walk, element: Element, around: Scope): DataSet[] | undefined {
  const items: DataSet[] = [];
  const end = element.offset + element.length;
  try {
    readItems(walk, element, scopeInside(walk, element, { ...around, end }), items);
    return items;
  } catch (cause) {
    if (isFlaw(cause)) return undefined;
    throw cause;
  }
}

/**
 * Finds the end of a value without length, up to its sequence delimiter: the items of a sequence, or the fragments of
 * pixels or other bytes (PS3.5 annex A.4). If neither can be read, it is the first delimiter before an element.
 */
function readDelimited(
  walk: Walk,
  element: Element,
  scope: Scope,
): { readonly stop: number; readonly items?: readonly DataSet[] } {
  const { bytes } = walk;
  const { end } = scope;
  const { tag, vr, offset } = element;
  const asSequence = () => {
    const items: DataSet[] = [];
    return { stop: readItems(walk, element, scopeInside(walk, element, scope), items), items };
  };
  const asFragments = () => ({ stop: skipFragments(bytes, offset, end, tag) });
  const isSequence = tag !== PIXEL_DATA && (vr === undefined || vr === 'UN' || vr === 'SQ');
  const attempts = isSequence ? [asSequence, asFragments] : [asFragments, asSequence];
  let flaw: unknown;
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (cause) {
      if (!isFlaw(cause)) throw cause;
      flaw ??= cause;
    }
  }
  // The beginning of a file may end before the right delimiter.
  const stop = walk.partial && end === bytes.length ? undefined : searchDelimiter(walk, element, scope);
  if (stop === undefined) throw flaw;
  return { stop };
}

function searchDelimiter(walk: Walk, { tag, offset }: Element, { end, encoding }: Scope): number | undefined {
  const { bytes } = walk;
  const delimiter = encoding.bigEndian ? SEQUENCE_END_BIG_ENDIAN : SEQUENCE_END_LITTLE_ENDIAN;
  let from = offset;
  while (walk.searches++ < MOST_SEARCHES) {
    const found = indexOfBytes(bytes, delimiter, from);
    if (found < 0 || found + 8 > end) return undefined;
    if (beginsAfter(bytes, found + 8, end, tag, encoding)) return found + 8;
    from = found + 8;
  }
  return undefined;
}

/** The scope of the items of a sequence inside the scope of its element. */
function scopeInside({ bytes }: Walk, element: Element, { end, encoding, depth }: Scope): Scope {
  return { end, encoding: encodingInside(bytes, element, end, encoding), depth: depth + 1 };
}

/** The encoding of the items, from the first element of the first item: some writers do not keep that of the file. */
function encodingInside(
  bytes: Uint8Array,
  { vr, offset }: Element,
  end: number,
  encoding: Encoding,
): Encoding {
  const declared = vr === 'UN' ? IMPLICIT : encoding;
  const first = offset + 8;
  if (end - first < 8 || !tagAt(bytes, offset, declared.bigEndian).startsWith(ITEM)) return declared;
  if (tagAt(bytes, first, declared.bigEndian).startsWith('xfffe')) return declared;
  if (declared.explicit)
    return hasVr(bytes, first) || declared.bigEndian ? declared : encodingOfImplicit(bytes, first, end);
  return hasVr(bytes, first) && uint32At(bytes, first + 4) > end - first - 8 ? EXPLICIT : declared;
}

function encodingOfImplicit(bytes: Uint8Array, at: number, end: number): Encoding {
  const length = uint32At(bytes, at + 4);
  return length === UNDEFINED_LENGTH || length <= end - at - 8 ? IMPLICIT : EXPLICIT;
}

/** Reads the items of a sequence into `items`. Returns where it stopped. */
function readItems(walk: Walk, sequence: Element, scope: Scope, items: DataSet[]): number {
  const { end, encoding, depth } = scope;
  if (depth > walk.limits.depth) {
    throw new DicomError({
      code: 'dicom/too-deep',
      attribute: nameOf(sequence.tag),
      reason: `sequences are nested more than ${walk.limits.depth} deep`,
    });
  }
  const { bytes } = walk;
  let position = sequence.offset;
  while (position < end) {
    if (end - position < 8) throw truncated(sequence.tag, 'ends inside the header of an item');
    count(walk);
    const [tag, length] = readItemHeader(bytes, position, encoding);
    const offset = position + 8;
    if (tag === SEQUENCE_END) return offset;
    if (tag !== ITEM) {
      throw malformed(`expected an item at byte ${position}, found ${nameOf(tag)}`, sequence.tag);
    }
    const elements = new Map<string, Element>();
    if (length === UNDEFINED_LENGTH) {
      position = readElements(walk, offset, { ...scope, elements, delimited: true });
    } else if (length > end - offset) {
      throw truncated(sequence.tag, `an item declares ${length} bytes, but only ${end - offset} are left`);
    } else {
      const item = { end: offset + length, encoding, depth, elements, delimited: false };
      position = readElements(walk, offset, item);
    }
    items.push({ bytes, encoding, elements });
  }
  if (sequence.undefinedLength) throw truncated(sequence.tag, 'the file ends inside the sequence');
  return position;
}

function count(walk: Walk): void {
  if (++walk.count <= walk.limits.elements) return;
  throw new DicomError({
    code: 'dicom/too-large',
    reason: `holds more than ${walk.limits.elements} elements`,
  });
}

/** Errors for which one element can be skipped; limits are for the whole file. */
function isFlaw(cause: unknown): boolean {
  return (
    cause instanceof DicomError && (cause.code === 'dicom/truncated' || cause.code === 'dicom/malformed')
  );
}

function malformed(reason: string, tag?: string): DicomError {
  return new DicomError({
    code: 'dicom/malformed',
    ...(tag === undefined ? {} : { attribute: nameOf(tag) }),
    reason,
  });
}

/** If the bytes are not an element, they were misread and not cut off, and a new copy does not help. */
function truncated(tag: string, reason: string): DicomError {
  const element = tag === '' || isPrivate(tag) || keywordOf(tag) !== undefined;
  return new DicomError({
    code: 'dicom/truncated',
    ...(tag === '' ? {} : { attribute: nameOf(tag) }),
    reason,
    remedy: element
      ? 'copy the file again from its source'
      : 'export the file again as Explicit VR Little Endian',
  });
}
