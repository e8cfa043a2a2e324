import { latin1, uint16At } from '../bytes.js';
import { keywordOf, vrOf } from '../dictionary/dictionary.js';
import type { DataSet, Element } from '../parse/element.js';
import { textDecoder, type DecodeText } from './charset.js';

/**
 * A value as a JavaScript value. Empty elements are null; several values are an array; text and UIDs are strings; DS and
 * IS are numbers (or the text itself if it is not a number); AT is the tag `ggggeeee`; OB, OW, UN... are a view on the
 * bytes of the file; 64-bit integers are bigint; a sequence is the array of its items.
 */
export type PlainValue = PlainScalar | readonly PlainScalar[] | PlainRecord[] | Uint8Array;
export type PlainScalar = string | number | bigint | null;
export interface PlainRecord {
  /** Keyword, e.g. `PatientID`, or `ggggeeee` for private and unknown elements. */
  [keyword: string]: PlainValue;
}

const BULK = new Set(['x7fe00010', 'x7fe00008', 'x7fe00009']);
const LATIN = textDecoder([]);

/** Every element except the pixels and group lengths, in the order of the file. */
export function plainValues(dataSet: DataSet, inherited?: DecodeText): PlainRecord {
  const text = characterSet(dataSet) ?? inherited ?? LATIN;
  const signed = isSigned(dataSet);
  const record: PlainRecord = {};
  for (const element of dataSet.elements.values()) {
    const { tag } = element;
    if (BULK.has(tag) || tag.endsWith('0000') || tag === 'xfffcfffc') continue;
    record[keywordOf(tag) ?? tag.slice(1)] = plainValue(dataSet, element, text, signed);
  }
  return record;
}

/** Reads single elements of a data set by tag; undefined for those that it lacks. */
export function valueReader(dataSet: DataSet): (tag: string) => PlainValue | undefined {
  const text = characterSet(dataSet) ?? LATIN;
  const signed = isSigned(dataSet);
  return (tag) => {
    const element = dataSet.elements.get(tag);
    return element === undefined ? undefined : plainValue(dataSet, element, text, signed);
  };
}

function plainValue(dataSet: DataSet, element: Element, text: DecodeText, signed: boolean): PlainValue {
  if (element.items !== undefined) return element.items.map((item) => plainValues(item, text));
  const { offset, length } = element;
  const { bytes, encoding } = dataSet;
  const vr = effectiveVr(element, signed);
  const end = offset + length;
  if (length === 0) return null;
  switch (vr) {
    case 'DS':
      return several(latin1(bytes, offset, end), decimalText);
    case 'IS':
      return several(latin1(bytes, offset, end), integerText);
    case 'CS':
    case 'AE':
    case 'AS':
    case 'DA':
    case 'DT':
    case 'TM':
    case 'UI':
      return several(latin1(bytes, offset, end), trimBoth);
    case 'LO':
    case 'SH':
    case 'UC':
      return several(text(bytes, offset, end, '\\'), trimEnd);
    case 'PN':
      return several(text(bytes, offset, end, '\\^='), trimEnd);
    case 'LT':
    case 'ST':
    case 'UT':
      return trimEnd(text(bytes, offset, end));
    case 'UR':
      return trimEnd(latin1(bytes, offset, end));
    default: {
      const width = numberWidths[vr];
      return width === undefined
        ? new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length)
        : numbers(bytes.subarray(offset, end), vr, width, encoding.bigEndian);
    }
  }
}

/** The representation in the file; if it is missing or UN, that of the dictionary. */
function effectiveVr({ tag, vr }: Element, signed: boolean): string {
  const known = vr === undefined || vr === 'UN' ? (vrOf(tag) ?? 'UN') : vr;
  if (!known.includes('/')) return known;
  if (known.startsWith('US')) return known === 'US/SS' ? (signed ? 'SS' : 'US') : 'OW';
  return 'OW';
}

const numberWidths: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  FD: 8,
  UV: 8,
  SV: 8,
  AT: 4,
};

function numbers(value: Uint8Array, vr: string, width: number, bigEndian: boolean): PlainValue {
  const { length } = value;
  const view = new DataView(value.buffer, value.byteOffset, length);
  if (length % width !== 0) return new Uint8Array(view.buffer, view.byteOffset, length);
  if (length === width) return numberAt(view, 0, vr, !bigEndian);
  const values: PlainScalar[] = [];
  for (let at = 0; at < length; at += width) values.push(numberAt(view, at, vr, !bigEndian));
  return values;
}

function numberAt(view: DataView, at: number, vr: string, littleEndian: boolean): PlainScalar {
  switch (vr) {
    case 'US':
      return view.getUint16(at, littleEndian);
    case 'SS':
      return view.getInt16(at, littleEndian);
    case 'UL':
      return view.getUint32(at, littleEndian);
    case 'SL':
      return view.getInt32(at, littleEndian);
    case 'FL':
      return view.getFloat32(at, littleEndian);
    case 'FD':
      return view.getFloat64(at, littleEndian);
    case 'UV':
      return view.getBigUint64(at, littleEndian);
    case 'SV':
      return view.getBigInt64(at, littleEndian);
    default: {
      const group = view.getUint16(at, littleEndian);
      const element = view.getUint16(at + 2, littleEndian);
      return group.toString(16).padStart(4, '0') + element.toString(16).padStart(4, '0');
    }
  }
}

function several(text: string, convert: (part: string) => PlainScalar): PlainValue {
  const whole = trimEnd(text);
  if (whole === '') return null;
  return whole.includes('\\') ? whole.split('\\').map(convert) : convert(whole);
}

/** Fixed or floating point in decimal digits (PS3.5 table 6.2-1, DS): `0x10` is not a number, though `Number` takes it. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?$/;
function integerText(part: string): PlainScalar {
  const value = decimalText(part);
  return typeof value !== 'number' || Number.isInteger(value) ? value : String(value);
}

function decimalText(part: string): PlainScalar {
  const text = trimEnd(part).trim();
  if (text === '') return null;
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : text;
}

function trimBoth(text: string): string {
  return trimEnd(text).trimStart();
}

/** Values are padded to an even length with a blank, UIDs with a zero byte. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0) {
    const code = text.charCodeAt(end - 1);
    if (code !== 0x20 && code !== 0) break;
    end -= 1;
  }
  return end === text.length ? text : text.slice(0, end);
}

function characterSet(dataSet: DataSet): DecodeText | undefined {
  const element = dataSet.elements.get('x00080005');
  if (element === undefined) return undefined;
  const terms = latin1(dataSet.bytes, element.offset, element.offset + element.length);
  return textDecoder(terms.split('\\'));
}

function isSigned(dataSet: DataSet): boolean {
  const element = dataSet.elements.get('x00280103');
  if (element === undefined || element.length < 2) return false;
  return uint16At(dataSet.bytes, element.offset, dataSet.encoding.bigEndian) === 1;
}
