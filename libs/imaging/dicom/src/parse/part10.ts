import { inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { DicomError, describe } from '../error.js';
import type { Limits } from '../limits.js';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  transferSyntax,
  type TransferSyntax,
} from '../transfer-syntax.js';
import { parseDataSet, type ParsedDataSet } from './data-set.js';
import type { DataSet, Element, Encoding } from './element.js';

export interface ParsedFile {
  readonly syntax: TransferSyntax;
  /** Group 0002; empty in files without preamble and meta information. */
  readonly meta: DataSet;
  readonly dataSet: ParsedDataSet;
}

/**
 * Finds meta information and data set (PS3.10 section 7).
 *
 * Files without preamble are taken when they start with group 0002 or with a plausible element of group 0008; then
 * the encoding is read off that element.
 *
 * @param partial see `parseDataSet`; a deflated data set needs the whole file.
 */
export function parsePart10(bytes: Buffer, limits: Limits, partial = false): ParsedFile {
  const start = startOf(bytes);
  const { meta, end } = readMeta(bytes, start);
  const syntax = syntaxOf(bytes, meta, end);
  if (!syntax.deflated) {
    const encoding = encodingOf(bytes, end, syntax);
    return { syntax, meta, dataSet: parseDataSet(bytes, end, encoding, limits, partial) };
  }
  const inflated = inflate(bytes.subarray(end), limits);
  return { syntax, meta, dataSet: parseDataSet(inflated, 0, syntax, limits) };
}

function startOf(bytes: Buffer): number {
  if (bytes.length >= 132 && bytes.toString('latin1', 128, 132) === 'DICM') return 132;
  if (bytes.length >= 8) {
    if (bytes.toString('latin1', 0, 4) === 'DICM') return 4;
    const group = bytes.readUInt16LE(0);
    if (group === 0x0002 || group === 0x0008 || group === 0x0800) return 0;
  }
  throw new DicomError({
    code: 'dicom/not-dicom',
    reason:
      bytes.length === 0
        ? 'the file is empty'
        : 'there is no DICM prefix, and the first bytes are no element of a data set',
    remedy: 'leave the file out, or copy it again from its source',
  });
}

/** Group 0002 is Explicit VR Little Endian whatever follows. */
function readMeta(bytes: Buffer, start: number): { meta: DataSet; end: number } {
  if (start >= bytes.length) {
    throw new DicomError({
      code: 'dicom/truncated',
      reason: 'the file ends after its DICM prefix',
      remedy: 'copy the file again from its source',
    });
  }
  const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, start);
  const elements = new Map<string, Element>();
  let end = start;
  while (bytes.length - end >= 8 && bytes.readUInt16LE(end) === 0x0002) {
    let element: dicomParser.Element;
    try {
      element = dicomParser.readDicomElementExplicit(stream, []);
    } catch (cause) {
      throw new DicomError({
        code: 'dicom/truncated',
        reason: `the meta information ends too early: ${describe(cause)}`,
        remedy: 'copy the file again from its source',
        cause,
      });
    }
    const { tag, vr, dataOffset, length } = element;
    elements.set(tag, { tag, vr, offset: dataOffset, length, undefinedLength: false });
    end = stream.position;
  }
  return { meta: { bytes, encoding: { explicit: true, bigEndian: false }, elements }, end };
}

function syntaxOf(bytes: Buffer, meta: DataSet, end: number): TransferSyntax {
  const element = meta.elements.get('x00020010');
  if (element !== undefined) {
    const uid = bytes.toString('latin1', element.offset, element.offset + element.length);
    return transferSyntax(uid.replace(/[\0 ]+$/, ''));
  }
  if (hasVr(bytes, end)) return bytes[end] === 0 ? explicitBigEndian : explicitLittleEndian;
  return implicitLittleEndian;
}

/** Some writers announce an explicit syntax and write implicit elements: the first element tells. */
function encodingOf(bytes: Buffer, end: number, syntax: TransferSyntax): Encoding {
  const implicit = syntax.explicit && !syntax.bigEndian && bytes.length - end >= 8 && !hasVr(bytes, end);
  return implicit ? { explicit: false, bigEndian: false } : syntax;
}

function hasVr(bytes: Buffer, element: number): boolean {
  return /^[A-Z][A-Z]$/.test(bytes.toString('latin1', element + 4, element + 6));
}

function inflate(deflated: Buffer, limits: Limits): Buffer {
  try {
    return inflateRawSync(deflated, { maxOutputLength: limits.inflatedBytes });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    throw new DicomError({
      code: tooLarge ? 'dicom/too-large' : 'dicom/malformed',
      reason: tooLarge
        ? `the deflated data set grows beyond ${limits.inflatedBytes} bytes`
        : `the deflated data set cannot be inflated: ${describe(cause)}`,
      remedy: tooLarge
        ? 'raise limits.inflatedBytes if the file is trusted'
        : 'copy the file again from its source',
      cause,
    });
  }
}
