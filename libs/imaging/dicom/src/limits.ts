import { DicomError } from './error.js';

/** Limits of the resources that a file may use. All sizes are checked before memory is allocated. */
export interface Limits {
  /** Bytes of one file. Default 2 GiB - 1. */
  readonly fileBytes: number;
  /** Bytes before the pixels, when only the attributes are read. Default 64 MiB. */
  readonly headerBytes: number;
  /** Bytes of a deflated data set after inflation. Default 256 MiB. */
  readonly inflatedBytes: number;
  /** Pixels of one frame (Rows x Columns). Default 2^24, i.e. 4096 x 4096. */
  readonly framePixels: number;
  /** Depth of nested sequences. Default 16; real head CT has at most 5. */
  readonly depth: number;
  /** Elements of one file, including those inside sequences. Default 1,000,000. */
  readonly elements: number;
}

/** @throws DicomError `dicom/too-large` */
export function expectFileSize(size: number, { fileBytes }: Limits): void {
  if (size <= fileBytes) return;
  throw new DicomError({
    code: 'dicom/too-large',
    reason: `${size} bytes are more than the limit of ${fileBytes}`,
    remedy: 'raise limits.fileBytes if the file is trusted',
  });
}

export const defaultLimits: Limits = {
  fileBytes: 2 ** 31 - 1,
  headerBytes: 2 ** 26,
  inflatedBytes: 2 ** 28,
  framePixels: 2 ** 24,
  depth: 16,
  elements: 1_000_000,
};
