import { latin1, uint16At, uint32At } from '../bytes.js';
import { DicomError } from '../error.js';
import type { Limits } from '../limits.js';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  transferSyntax,
  type TransferSyntax,
} from '../transfer-syntax.js';
import { parseDataSet, type DataSetParser, type ParsedDataSet } from './data-set.js';
import { hasVr, readElementHeader } from './element-header.js';
import type { DataSet, Element } from './element.js';
import { inflate } from './inflate.js';

export interface ParsedFile {
  readonly syntax: TransferSyntax;
  /** Group 0002; empty in files without preamble and meta information. */
  readonly meta: DataSet;
  readonly dataSet: ParsedDataSet;
}

/**
 * Finds meta information and data set (PS3.10 section 7).
 *
 * Files without preamble are accepted when they start with group 0002 or with a plausible element of group 0008. In the
 * second case that element shows the encoding.
 *
 * @param partial see `parseDataSet`; a deflated data set needs the whole file.
 * @param parser finds the elements of the data set
 */
export function parsePart10(
  bytes: Uint8Array,
  limits: Limits,
  partial = false,
  parser: DataSetParser = parseDataSet,
): ParsedFile {
  const start = startOf(bytes);
  const { meta, end } = readMeta(bytes, start);
  const syntax = asWritten(bytes, end, syntaxOf(bytes, meta, end));
  if (!syntax.deflated) {
    return { syntax, meta, dataSet: parser(bytes, end, syntax, limits, partial) };
  }
  const inflated = inflate(bytes.subarray(end), limits);
  return { syntax, meta, dataSet: parser(inflated, 0, syntax, limits) };
}

function startOf(bytes: Uint8Array): number {
  if (bytes.length >= 132 && latin1(bytes, 128, 132) === 'DICM') return 132;
  if (bytes.length >= 8) {
    if (latin1(bytes, 0, 4) === 'DICM') return 4;
    const group = uint16At(bytes, 0);
    if (group === 0x0002 || group === 0x0008 || group === 0x0800) return 0;
  }
  throw new DicomError({
    code: 'dicom/not-dicom',
    reason:
      bytes.length === 0
        ? 'the file is empty'
        : 'there is no DICM prefix, and the first bytes are not an element of a data set',
    remedy: 'leave the file out, or copy it again from its source',
  });
}

/** Group 0002 is always Explicit VR Little Endian; some writers omit the value representations. */
function readMeta(bytes: Uint8Array, start: number): { meta: DataSet; end: number } {
  if (start >= bytes.length) throw cutOff('the file ends after its DICM prefix');
  const elements = new Map<string, Element>();
  let end = start;
  while (bytes.length - end >= 8 && uint16At(bytes, end) === 0x0002) {
    const explicit = hasVr(bytes, end) || uint32At(bytes, end + 4) > bytes.length - end - 8;
    const encoding = { explicit, bigEndian: false };
    const element = readElementHeader(bytes, end, bytes.length, encoding);
    if (element.length > bytes.length - element.offset) throw cutOff('the meta information ends too early');
    elements.set(element.tag, element);
    end = element.offset + element.length;
  }
  return { meta: { bytes, encoding: { explicit: true, bigEndian: false }, elements }, end };
}

function cutOff(reason: string): DicomError {
  return new DicomError({ code: 'dicom/truncated', reason, remedy: 'copy the file again from its source' });
}

function syntaxOf(bytes: Uint8Array, meta: DataSet, end: number): TransferSyntax {
  const element = meta.elements.get('x00020010');
  if (element !== undefined) {
    const uid = latin1(bytes, element.offset, element.offset + element.length);
    return transferSyntax(uid.replace(/^ +|[\0 ]+$/g, ''));
  }
  if (hasVr(bytes, end)) return startsBigEndian(bytes, end) ? explicitBigEndian : explicitLittleEndian;
  return implicitLittleEndian;
}

/**
 * Some writers declare one syntax and write another: the first element shows the real encoding of the data
 * set.
 */
function asWritten(bytes: Uint8Array, end: number, announced: TransferSyntax): TransferSyntax {
  if (announced.deflated || bytes.length - end < 8) return announced;
  const explicit = hasVr(bytes, end);
  // Compressed pixels are always little endian, and so are data sets without representations.
  const native = announced.coding === 'native' && explicit;
  const bigEndian = native ? startsBigEndian(bytes, end) : announced.bigEndian && explicit;
  if (explicit === announced.explicit && bigEndian === announced.bigEndian) return announced;
  return { ...announced, explicit, bigEndian };
}

/** The first group is below 0x0100, so one of its two bytes is 0. */
function startsBigEndian(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && bytes[at + 1] !== 0;
}
