import type { DicomAttributes } from '../attributes.js';
import { DicomError } from '../error.js';
import type { Limits } from '../limits.js';

/** Stored values as the file has them, before any rescaling. */
export type StoredArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** The properties of the pixels according to the attributes, after checks. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/**
 * @throws DicomError `dicom/missing-attribute`, `dicom/bad-attribute`, `dicom/too-large`, `dicom/unsupported` (colour,
 * bits other than 8, 16, 32)
 */
export function pixelLayout(attributes: DicomAttributes, limits: Limits): PixelLayout {
  const rows = positive('Rows', attributes.Rows);
  const columns = positive('Columns', attributes.Columns);
  if (rows * columns > limits.framePixels) {
    throw new DicomError({
      code: 'dicom/too-large',
      attribute: 'Rows',
      reason: `${rows} x ${columns} pixels are more than ${limits.framePixels}`,
      remedy: 'raise limits.framePixels if the file is trusted',
    });
  }
  const frames = positive('NumberOfFrames', attributes.NumberOfFrames);
  if (attributes.SamplesPerPixel !== 1) {
    throw new DicomError({
      code: 'dicom/unsupported',
      attribute: 'SamplesPerPixel',
      reason: `${attributes.SamplesPerPixel} samples per pixel; only grayscale has Hounsfield units`,
      remedy: 'leave colour images (screen shots, dose reports) out',
    });
  }
  const bitsAllocated = positive('BitsAllocated', attributes.BitsAllocated);
  if (bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw new DicomError({
      code: 'dicom/unsupported',
      attribute: 'BitsAllocated',
      reason: `expected 8, 16 or 32, found ${bitsAllocated}`,
    });
  }
  const bitsStored = positive('BitsStored', attributes.BitsStored);
  if (bitsStored > bitsAllocated) {
    throw bad('BitsStored', `${bitsStored} is more than BitsAllocated ${bitsAllocated}`);
  }
  const highBit = attributes.HighBit ?? bitsStored - 1;
  if (!Number.isInteger(highBit) || highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    throw bad('HighBit', `${highBit} leaves no room for ${bitsStored} of ${bitsAllocated} bits`);
  }
  const signed = attributes.PixelRepresentation === 1;
  return { rows, columns, frames, bitsAllocated, bitsStored, highBit, signed };
}

function positive(attribute: string, value: number | undefined): number {
  if (value === undefined) {
    throw new DicomError({
      code: 'dicom/missing-attribute',
      attribute,
      reason: 'is missing, so the pixels cannot be read',
    });
  }
  if (!Number.isInteger(value) || value < 1) throw bad(attribute, `${value} is not a positive integer`);
  return value;
}

function bad(attribute: string, reason: string): DicomError {
  return new DicomError({ code: 'dicom/bad-attribute', attribute, reason });
}
