import { IchorError, messageOf } from '@ichor/files/error';
import { readAttributes, type DicomAttributes } from './attributes.js';
import { asDicomError, DicomError } from './error.js';
import { defaultLimits, expectFileSize, type Limits } from './limits.js';
import type { DataSetParser } from './parse/data-set.js';
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

/** A file that can be read from its beginning, such as an entry of an archive. */
export interface FileStart {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** The first `length` bytes, or all bytes of a shorter file. */
  first(length: number): Promise<Uint8Array>;
}

const FIRST_BYTES = 16 * 1024;

/**
 * Reads a file up to its pixels: first 16 KiB, then four times as much each time that this is not enough. It reads at
 * most `limits.headerBytes` of a file without pixels. It does not read compressed or uncompressed pixels. It reads a
 * deflated file completely.
 *
 * @throws DicomError, and the IchorError of `FileStart.first`
 */
export async function parseDicomHeader(file: FileStart, options: ReadOptions = {}): Promise<DicomHeader> {
  const limits = { ...defaultLimits, ...options.limits };
  const { name } = file;
  try {
    const { syntax, dataSet } = await parseStart(file, limits, options.parser);
    const attributes = readAttributes(dataSet);
    return { name, transferSyntax: syntax, attributes, values: () => plainValues(dataSet) };
  } catch (cause) {
    if (cause instanceof IchorError && !(cause instanceof DicomError)) throw cause;
    throw asDicomError(cause, {
      code: 'dicom/malformed',
      reason: `cannot be read: ${messageOf(cause)}`,
    }).inFile(name);
  }
}

async function parseStart(file: FileStart, limits: Limits, parser?: DataSetParser): Promise<ParsedFile> {
  const { size } = file;
  for (let length = FIRST_BYTES; length < size; length *= 4) {
    if (length > limits.headerBytes) {
      throw new DicomError({
        code: 'dicom/too-large',
        reason: `its pixels do not begin within ${limits.headerBytes} bytes`,
        remedy: 'raise limits.headerBytes if the file is trusted',
      });
    }
    const parsed = tryStart(await file.first(length), limits, parser);
    if (parsed !== undefined) return parsed;
  }
  expectFileSize(size, limits);
  return parsePart10(await file.first(size), limits, false, parser);
}

/** Undefined when the pixels, and so the end of the attributes, lie beyond these bytes. */
function tryStart(start: Uint8Array, limits: Limits, parser?: DataSetParser): ParsedFile | undefined {
  try {
    const parsed = parsePart10(start, limits, true, parser);
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
