import { messageOf } from '@ichor/files/error';
import { readAttributes, type DicomAttributes } from './attributes.js';
import { asDicomError } from './error.js';
import { rescaleOf } from './hounsfield-unit.js';
import { hounsfield, type HounsfieldImage } from './hounsfield.js';
import { defaultLimits, expectFileSize, type Limits } from './limits.js';
import type { DataSetParser } from './parse/data-set.js';
import { parsePart10, type ParsedFile } from './parse/part10.js';
import { readPixels, type Pixels } from './pixels/pixel-source.js';
import type { TransferSyntax } from './transfer-syntax.js';
import { plainValues, type PlainRecord } from './values/plain-values.js';

export interface ReadOptions {
  /** Limits of the file's resources; default `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Name for error messages when bytes are given. */
  readonly name?: string;
  /** Finds the elements. Default: the parser of this package; `@ichor/dicom/dicom-parser` has another one. */
  readonly parser?: DataSetParser;
}

/** A parsed file. Its bytes stay in memory while the file, its pixels or its binary values are in use. */
export interface DicomFile {
  /** Path, or `ReadOptions.name`. */
  readonly name: string | undefined;
  readonly transferSyntax: TransferSyntax;
  readonly attributes: DicomAttributes;
  /** Every element but the pixels as plain values, by keyword; see `PlainValue`. */
  values(): PlainRecord;
  /** Every element of the meta information (group 0002). */
  metaValues(): PlainRecord;
  /**
   * Decodes one frame (counted from 0): stored values, sign extended from BitsStored. MONOCHROME1 is not inverted,
   * because it defines the display of the values and not their meaning.
   *
   * @throws DicomError
   */
  pixels(frame?: number): Promise<Pixels>;
  /**
   * `pixels` in Hounsfield units, with slope and intercept of the frame.
   *
   * @throws DicomError also where the unit is not known; see `rescaleOf`
   */
  hounsfield(frame?: number): Promise<HounsfieldImage>;
}

/**
 * Reads a DICOM file (PS3.10, with or without preamble). Attributes are read now, pixels when requested.
 *
 * @param source the bytes of a file; they are not copied and must not change
 * @throws DicomError
 */
export function parseDicom(source: Uint8Array | ArrayBuffer, options: ReadOptions = {}): DicomFile {
  const limits = { ...defaultLimits, ...options.limits };
  const { name } = options;
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
  return guardFor(name)(() => {
    expectFileSize(bytes.length, limits);
    return fileOf(parsePart10(bytes, limits, false, options.parser), limits, name);
  });
}

function fileOf(parsed: ParsedFile, limits: Limits, name: string | undefined): DicomFile {
  const guard = guardFor(name);
  const attributes = readAttributes(parsed.dataSet);
  const pixels = async (frame = 0) => {
    try {
      return await readPixels(parsed, attributes, limits, frame);
    } catch (cause) {
      return guard(() => {
        throw cause;
      });
    }
  };
  return {
    name,
    transferSyntax: parsed.syntax,
    attributes,
    values: () => guard(() => plainValues(parsed.dataSet)),
    metaValues: () => guard(() => plainValues(parsed.meta)),
    pixels,
    hounsfield: async (frame = 0) => {
      const stored = await pixels(frame);
      return guard(() =>
        hounsfield(
          stored,
          rescaleOf(attributes.NumberOfFrames === 1 ? attributes : readAttributes(parsed.dataSet, frame)),
        ),
      );
    },
  };
}

/** Runs a function and converts its failures to `DicomError`s that name the file. */
function guardFor(name: string | undefined): <T>(action: () => T) => T {
  return (action) => {
    try {
      return action();
    } catch (cause) {
      const error = asDicomError(cause, {
        code: 'dicom/malformed',
        reason: `cannot be read: ${messageOf(cause)}`,
      });
      throw name === undefined ? error : error.inFile(name);
    }
  };
}
