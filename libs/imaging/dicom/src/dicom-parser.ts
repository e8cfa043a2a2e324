import { messageOf } from '@ichor/files/error';
import { present } from '@ichor/files/present';
import dicomParser, { type DataSet as ForeignDataSet, type Element as ForeignElement } from 'dicom-parser';
import { vrOf } from './dictionary/dictionary.js';
import { DicomError } from './error.js';
import type { Limits } from './limits.js';
import type { DataSetParser } from './parse/data-set.js';
import { isVr } from './parse/element-header.js';
import { UNDEFINED_LENGTH, type DataSet, type Element, type Encoding } from './parse/element.js';
import { nameOf } from './parse/name.js';
import { PIXEL_DATA, pixelElement } from './parse/pixel-element.js';

/** Representations with a length of 4 bytes, for which dicom-parser 1.8 reads a length of 2 bytes. */
const UNKNOWN_TO_IT: ReadonlySet<string> = new Set(['OV', 'SV', 'UV']);

/** PS3.5 section 6.2.2 note 7: a sequence that travels as UN is in Implicit VR Little Endian. */
const IMPLICIT: Encoding = { explicit: false, bigEndian: false };

const DELIMITER_BYTES = 8;

/** The bytes of the data set or of an item. */
interface Scope {
  readonly start: number;
  readonly end: number;
  readonly encoding: Encoding;
  /** Number of enclosing sequences. */
  readonly depth: number;
}

interface Conversion {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
  count: number;
}

/**
 * The elements as the package `dicom-parser` finds them, for `ReadOptions.parser`. Elements after the pixels are not
 * read. A file is refused where dicom-parser guesses: the end of a value without length, the length of an unknown
 * representation, a file that ends inside a sequence. So the values equal those of the parser of this package;
 * `docs/decisions/dicom-parser.md` lists the files that are refused.
 *
 * @throws DicomError `dicom/malformed`, `dicom/truncated`, `dicom/too-deep`, `dicom/too-large`
 */
export const withDicomParser: DataSetParser = (bytes, position, encoding, limits, partial = false) => {
  const { bigEndianByteArrayParser, littleEndianByteArrayParser, ByteStream } = dicomParser;
  const numbers = encoding.bigEndian ? bigEndianByteArrayParser : littleEndianByteArrayParser;
  const found: Record<string, ForeignElement> = {};
  try {
    const stream = new ByteStream(numbers, bytes, position);
    const target = { elements: found, warnings: stream.warnings } as unknown as ForeignDataSet;
    const options = { untilTag: PIXEL_DATA };
    if (encoding.explicit) dicomParser.parseDicomDataSetExplicit(target, stream, bytes.length, options);
    else {
      const vrCallback = (tag: string) => vrOf(tag) as string;
      dicomParser.parseDicomDataSetImplicit(target, stream, bytes.length, { ...options, vrCallback });
    }
    if (stream.warnings.length > 0) throw refused(present(stream.warnings[0]));
  } catch (cause) {
    throw failure(cause);
  }
  const { [PIXEL_DATA]: pixels, ...others } = found;
  const end = pixels === undefined ? bytes.length : pixels.dataOffset;
  const elements = convertAll({ bytes, limits, count: 0 }, others, {
    start: position,
    end,
    encoding,
    depth: 0,
  });
  const pixelData = pixels && pixelElement(bytes, elementOf(pixels, encoding), bytes.length, partial);
  if (pixelData !== undefined) elements.set(PIXEL_DATA, pixelData);
  return { bytes, encoding, elements, pixelData };
};

/**
 * The elements of a scope. Each must begin where the previous one ends, because dicom-parser keeps only the last of two
 * elements with one tag, and reads beyond the end of an item.
 */
function convertAll(
  conversion: Conversion,
  found: Readonly<Record<string, ForeignElement>>,
  { start, end, encoding, depth }: Scope,
): Map<string, Element> {
  const elements = new Map<string, Element>();
  let before = start;
  for (const element of Object.values(found)) {
    if (++conversion.count > conversion.limits.elements) {
      throw new DicomError({
        code: 'dicom/too-large',
        reason: `holds more than ${conversion.limits.elements} elements`,
      });
    }
    const { tag, dataOffset, length, hadUndefinedLength } = element;
    const header = dataOffset - before;
    const stop = dataOffset + length;
    if ((header !== 8 && header !== 12) || stop > end) {
      throw refused('occurs twice, or extends beyond its enclosing item', tag);
    }
    before = hadUndefinedLength ? stop + DELIMITER_BYTES : stop;
    if (!tag.startsWith('xfffe')) elements.set(tag, convert(conversion, element, encoding, depth));
    else if (length !== 0) throw refused('an item is outside a sequence', tag);
  }
  return elements;
}

function convert(
  conversion: Conversion,
  element: ForeignElement,
  encoding: Encoding,
  depth: number,
): Element {
  const { tag, vr, items } = element;
  if (items === undefined) {
    if (element.hadUndefinedLength) throw refused('has a value whose end dicom-parser guesses', tag);
    return elementOf(element, encoding);
  }
  if (depth >= conversion.limits.depth) {
    throw new DicomError({
      code: 'dicom/too-deep',
      attribute: nameOf(tag),
      reason: `sequences are nested more than ${conversion.limits.depth} deep`,
    });
  }
  const inside = vr === 'UN' ? IMPLICIT : encoding;
  const end = element.dataOffset + element.length;
  let before = element.dataOffset;
  const converted = items.map((item): DataSet => {
    const itemEnd = item.dataOffset + item.length;
    if (item.dataOffset < before || itemEnd > end || item.dataSet === undefined) {
      throw refused('an item reaches beyond its sequence', tag);
    }
    before = itemEnd;
    const { elements } = item.dataSet;
    return {
      bytes: conversion.bytes,
      encoding: inside,
      elements: convertAll(conversion, elements, {
        start: item.dataOffset,
        end: itemEnd,
        encoding: inside,
        depth: depth + 1,
      }),
    };
  });
  return { ...elementOf(element, encoding), items: converted };
}

function elementOf(element: ForeignElement, encoding: Encoding): Element {
  const { tag, vr, dataOffset, length, hadUndefinedLength = false } = element;
  if (encoding.explicit && (vr === undefined || !isVr(vr) || UNKNOWN_TO_IT.has(vr))) {
    throw refused('has a value representation whose length dicom-parser does not know', tag);
  }
  return {
    tag,
    vr: encoding.explicit ? vr : undefined,
    offset: dataOffset,
    length: hadUndefinedLength && tag === PIXEL_DATA ? UNDEFINED_LENGTH : length,
    undefinedLength: hadUndefinedLength,
  };
}

/** dicom-parser throws strings; a stack overflow means that sequences are nested too deep. */
function failure(cause: unknown): DicomError {
  if (cause instanceof DicomError) return cause;
  if (cause instanceof RangeError && /call stack/.test(cause.message)) {
    return new DicomError({ code: 'dicom/too-deep', reason: 'sequences are nested too deep', cause });
  }
  return refused(messageOf(cause));
}

function refused(reason: string, tag?: string): DicomError {
  return new DicomError({
    code: 'dicom/malformed',
    ...(tag === undefined ? {} : { attribute: nameOf(tag) }),
    reason: tag === undefined ? `dicom-parser: ${reason}` : reason,
    remedy: 'read the file without the option `parser`',
  });
}
