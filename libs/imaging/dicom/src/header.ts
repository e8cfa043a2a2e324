import { open } from 'node:fs/promises';
import { readAttributes, type DicomAttributes } from './attributes.js';
import { asDicomError, describe, DicomError } from './error.js';
import { readBytes, unreadable } from './file-bytes.js';
import { defaultLimits, type Limits } from './limits.js';
import { parsePart10, type ParsedFile } from './parse/part10.js';
import type { ReadOptions } from './read.js';
import type { TransferSyntax } from './transfer-syntax.js';
import { plainValues, type PlainRecord } from './values/plain-values.js';

/** The attributes of a file whose pixels were not read. */
export interface DicomHeader {
  readonly name: string;
  readonly transferSyntax: TransferSyntax;
  readonly attributes: DicomAttributes;
  /** Every element before the pixels. */
  values(): PlainRecord;
}

const FIRST_BYTES = 16 * 1024;

/**
 * Reads a file up to its pixels: 16 KiB first, four times as much whenever that was not enough. Compressed and
 * uncompressed pixels are not looked at; a deflated file is read whole.
 *
 * @throws DicomError
 */
export async function readDicomHeader(path: string, options: ReadOptions = {}): Promise<DicomHeader> {
  const limits = { ...defaultLimits, ...options.limits };
  try {
    const { syntax, dataSet } = await parseHead(path, limits);
    const attributes = readAttributes(dataSet);
    return { name: path, transferSyntax: syntax, attributes, values: () => plainValues(dataSet) };
  } catch (cause) {
    throw asDicomError(cause, {
      code: 'dicom/malformed',
      reason: `cannot be read: ${describe(cause)}`,
    }).inFile(path);
  }
}

async function parseHead(path: string, limits: Limits): Promise<ParsedFile> {
  const { bytes, size } = await readHead(path, FIRST_BYTES);
  let head = bytes;
  for (let length = FIRST_BYTES * 4; head.length < size; length *= 4) {
    const parsed = tryHead(head, limits);
    if (parsed !== undefined) return parsed;
    head = length < size ? (await readHead(path, length)).bytes : await readBytes(path, limits);
  }
  return parsePart10(head, limits);
}

/** Undefined when the pixels, and so the end of the attributes, are further on. */
function tryHead(head: Buffer, limits: Limits): ParsedFile | undefined {
  try {
    const parsed = parsePart10(head, limits, true);
    return parsed.dataSet.pixelData === undefined || parsed.syntax.deflated ? undefined : parsed;
  } catch (cause) {
    if (
      cause instanceof DicomError &&
      (cause.code === 'dicom/truncated' || cause.code === 'dicom/malformed')
    ) {
      return undefined;
    }
    throw cause;
  }
}

async function readHead(path: string, length: number): Promise<{ bytes: Buffer; size: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const bytes = Buffer.allocUnsafe(Math.min(length, size));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return { bytes: bytes.subarray(0, bytesRead), size };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
