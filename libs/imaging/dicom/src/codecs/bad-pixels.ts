import { DicomError } from '../error.js';

/** The compressed pixels of a file contradict its attributes or themselves. */
export function badPixels(reason: string): DicomError {
  return new DicomError({
    code: 'dicom/bad-pixels',
    attribute: 'PixelData',
    reason,
    remedy: 'copy the file again from its source',
  });
}

/** A coding that this package does not read, whether the transfer syntax allows it or not. */
export function unsupportedPixels(reason: string): DicomError {
  return new DicomError({
    code: 'dicom/unsupported',
    attribute: 'PixelData',
    reason,
    remedy: 'convert the file to Explicit VR Little Endian, e.g. with dcmdjpeg or gdcmconv --raw',
  });
}

/** @throws DicomError when the size of a code stream differs from the attributes */
export function expectSize(
  what: string,
  layout: { readonly rows: number; readonly columns: number; readonly bitsAllocated: number },
  header: {
    readonly rows: number;
    readonly columns: number;
    readonly components: number;
    readonly precision: number;
  },
): void {
  if (header.rows !== layout.rows || header.columns !== layout.columns) {
    throw badPixels(
      `the ${what} stream is ${header.rows} x ${header.columns}, the attributes say ${layout.rows} x ${layout.columns}`,
    );
  }
  if (header.components !== 1)
    throw badPixels(`the ${what} stream has ${header.components} components, not 1`);
  if (header.precision < 1 || header.precision > Math.min(16, layout.bitsAllocated)) {
    throw badPixels(
      `the ${what} stream has ${header.precision} bits a pixel, BitsAllocated is ${layout.bitsAllocated}`,
    );
  }
}
