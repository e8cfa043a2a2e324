import dicomParser from 'dicom-parser';
import { vrOf } from '../dictionary/dictionary.js';
import { DicomError } from '../error.js';
import type { Limits } from '../limits.js';
import { UNDEFINED_LENGTH, type DataSet, type Element, type Encoding } from './element.js';
import { skipFragments } from './fragments.js';
import { nameOf } from './name.js';

const ITEM = 'xfffee000';
const ITEM_END = 'xfffee00d';
const SEQUENCE_END = 'xfffee0dd';
const PIXEL_DATA = 'x7fe00010';

/** Value representations whose explicit header has a 4-byte length and that dicom-parser 1.8 does not know. */
const LATE_LONG_VRS: ReadonlySet<string> = new Set(['OV', 'SV', 'UV']);
const LETTER_V = 86;

/** PS3.5 section 6.2.2 note 7: a sequence that travels as UN is in Implicit VR Little Endian. */
const IMPLICIT: Encoding = { explicit: false, bigEndian: false };

interface Walk {
  readonly bytes: Buffer;
  readonly limits: Limits;
  /** Elements read so far. */
  count: number;
  /** Announced ends beyond the bytes count as an error, except where the bytes are only the head of a file. */
  readonly partial: boolean;
}

export interface ParsedDataSet extends DataSet {
  /** The element of the pixels with its announced length. */
  readonly pixelData: Element | undefined;
}

/**
 * Reads the elements from `position` to the end of `bytes`.
 *
 * dicom-parser reads the element headers; sequences are walked here, because it has neither a depth limit nor
 * bounds against the enclosing item.
 *
 * @param partial `bytes` is the head of a longer file: pixel data may reach beyond its end.
 * @throws DicomError `dicom/truncated`, `dicom/malformed`, `dicom/too-deep`, `dicom/too-large`
 */
export function parseDataSet(
  bytes: Buffer,
  position: number,
  encoding: Encoding,
  limits: Limits,
  partial = false,
): ParsedDataSet {
  const walk: Walk = { bytes, limits, count: 0, partial };
  const elements = new Map<string, Element>();
  readElements(walk, position, bytes.length, encoding, 0, elements, false);
  return { bytes, encoding, elements, pixelData: elements.get(PIXEL_DATA) };
}

/** Reads elements until `end`, or until an item delimiter where the item has no length. Returns where it stopped. */
function readElements(
  walk: Walk,
  start: number,
  end: number,
  encoding: Encoding,
  depth: number,
  elements: Map<string, Element>,
  delimited: boolean,
): number {
  const { bytes } = walk;
  // An empty item or data set; a ByteStream cannot start at the end.
  if (start === end && !delimited) return end;
  if (start >= bytes.length) throw truncated('', 'the file ends inside an item of undefined length');
  const parser = encoding.bigEndian
    ? dicomParser.bigEndianByteArrayParser
    : dicomParser.littleEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, bytes, start);
  let previous = '';
  while (stream.position < end) {
    const at = stream.position;
    if (end - at < 8) {
      // Some writers pad the file with zeros to an even or a sector length.
      if (depth === 0 && bytes.subarray(at, end).every((byte) => byte === 0)) return end;
      throw truncated(previous, `the file ends inside the header of an element at byte ${at}`);
    }
    if (++walk.count > walk.limits.elements) {
      throw new DicomError({
        code: 'dicom/too-large',
        reason: `holds more than ${walk.limits.elements} elements`,
      });
    }
    const element = readHeader(stream, encoding, end);
    previous = element.tag;
    if (element.tag === ITEM_END && delimited) return stream.position;
    if (element.tag.startsWith('xfffe')) {
      throw new DicomError({
        code: 'dicom/malformed',
        reason: `an item or delimiter stands outside a sequence at byte ${at}`,
      });
    }
    const next = readValue(walk, element, end, encoding, depth, elements);
    if (next === undefined) return end;
    stream.position = next;
  }
  if (delimited) throw truncated(previous, 'the file ends inside an item of undefined length');
  return end;
}

/** Registers `element` and returns where the next one starts; undefined when the bytes end in partial pixel data. */
function readValue(
  walk: Walk,
  element: Element,
  end: number,
  encoding: Encoding,
  depth: number,
  elements: Map<string, Element>,
): number | undefined {
  const { tag, vr, offset, length } = element;
  if (element.undefinedLength) {
    if (tag === PIXEL_DATA && depth === 0) {
      if (walk.partial) {
        elements.set(tag, element);
        return undefined;
      }
      const stop = skipFragments(walk.bytes, offset, end);
      elements.set(tag, { ...element, length: stop - offset });
      return stop;
    }
    if (vr !== undefined && vr !== 'SQ' && vr !== 'UN') {
      throw new DicomError({
        code: 'dicom/malformed',
        attribute: nameOf(tag),
        reason: `an element of type ${vr} has no length`,
      });
    }
    const inner = vr === 'UN' ? IMPLICIT : encoding;
    const items: DataSet[] = [];
    const stop = readItems(walk, element, end, inner, depth + 1, items);
    elements.set(tag, { ...element, length: stop - offset, items });
    return stop;
  }
  if (length > end - offset) {
    if (walk.partial && tag === PIXEL_DATA && depth === 0) {
      elements.set(tag, element);
      return undefined;
    }
    throw truncated(tag, `announces ${length} bytes, but only ${end - offset} are left`);
  }
  const known = vr === undefined || vr === 'UN' ? vrOf(tag) : vr;
  if (known === 'SQ') {
    const items: DataSet[] = [];
    readItems(walk, element, offset + length, vr === 'UN' ? IMPLICIT : encoding, depth + 1, items);
    elements.set(tag, { ...element, items });
  } else {
    elements.set(tag, element);
  }
  return offset + length;
}

function readItems(
  walk: Walk,
  sequence: Element,
  end: number,
  encoding: Encoding,
  depth: number,
  items: DataSet[],
): number {
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
    if (++walk.count > walk.limits.elements) {
      throw new DicomError({
        code: 'dicom/too-large',
        reason: `holds more than ${walk.limits.elements} elements`,
      });
    }
    const [tag, length] = readItemHeader(bytes, position, encoding.bigEndian);
    const offset = position + 8;
    if (tag === SEQUENCE_END && sequence.undefinedLength) return offset;
    if (tag !== ITEM) {
      throw new DicomError({
        code: 'dicom/malformed',
        attribute: nameOf(sequence.tag),
        reason: `expected an item at byte ${position}, found ${nameOf(tag)}`,
      });
    }
    const elements = new Map<string, Element>();
    if (length === UNDEFINED_LENGTH) {
      position = readElements(walk, offset, end, encoding, depth, elements, true);
    } else if (length > end - offset) {
      throw truncated(sequence.tag, `an item announces ${length} bytes, but only ${end - offset} are left`);
    } else {
      position = readElements(walk, offset, offset + length, encoding, depth, elements, false);
    }
    items.push({ bytes, encoding, elements });
  }
  if (sequence.undefinedLength) throw truncated(sequence.tag, 'the file ends inside the sequence');
  return position;
}

function readHeader(stream: dicomParser.ByteStream, encoding: Encoding, end: number): Element {
  const { byteArray: bytes, position } = stream;
  const tag = tagAt(bytes, position, encoding.bigEndian);
  if (!encoding.explicit)
    return fromParser(tag, end, () => dicomParser.readDicomElementImplicit(stream, tag));
  // Delimiters have no value representation even in explicit data sets.
  if (tag.startsWith('xfffe')) {
    stream.position = position + 8;
    return { tag, vr: undefined, offset: position + 8, length: 0, undefinedLength: false };
  }
  const first = bytes[position + 4]!;
  const second = bytes[position + 5]!;
  if (!isCapital(first) || !isCapital(second)) {
    throw new DicomError({
      code: 'dicom/malformed',
      attribute: nameOf(tag),
      reason: `has no value representation at byte ${position + 4}`,
    });
  }
  if (second === LETTER_V && LATE_LONG_VRS.has(String.fromCharCode(first, second))) {
    if (end - position < 12) throw truncated(tag, 'ends inside its header');
    const vr = String.fromCharCode(first, second);
    const length = stream.byteArrayParser.readUint32(bytes, position + 8);
    stream.position = position + 12;
    return { tag, vr, offset: position + 12, length, undefinedLength: length === UNDEFINED_LENGTH };
  }
  return fromParser(tag, end, () => dicomParser.readDicomElementExplicit(stream, [], tag));
}

/** `untilTag` makes dicom-parser return after the header, before it trusts the length. */
function fromParser(tag: string, end: number, read: () => dicomParser.Element): Element {
  let header: dicomParser.Element;
  try {
    header = read();
  } catch (cause) {
    throw new DicomError({
      code: 'dicom/truncated',
      attribute: nameOf(tag),
      reason: 'the file ends inside its header',
      cause,
    });
  }
  if (header.dataOffset > end) throw truncated(tag, 'the enclosing item ends inside its header');
  return {
    tag,
    vr: header.vr,
    offset: header.dataOffset,
    length: header.length,
    undefinedLength: header.length === UNDEFINED_LENGTH,
  };
}

/** Tag and 4-byte length of an item. */
function readItemHeader(bytes: Buffer, at: number, bigEndian: boolean): [tag: string, length: number] {
  const length = bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
  return [tagAt(bytes, at, bigEndian), length];
}

/** The strings of the tags met so far: making them anew would be most of the work of a header. */
const tagNames = new Map<number, string>();
const MOST_TAG_NAMES = 20_000;

function tagAt(b: Uint8Array, at: number, bigEndian: boolean): string {
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

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function truncated(tag: string, reason: string): DicomError {
  return new DicomError({
    code: 'dicom/truncated',
    ...(tag === '' ? {} : { attribute: nameOf(tag) }),
    reason,
    remedy: 'copy the file again from its source',
  });
}
