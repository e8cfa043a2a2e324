import { slice, words } from '@ichor/dicom/testing';

/** An uncompressed square CT slice with the brain window: 16 bits signed, or 12 bits unsigned. */
export function tinyDicom(pixels: Int16Array, size: number, intercept = -1024, signed = true): Uint8Array {
  return slice(
    size,
    [...pixels],
    [
      ['00280101', 'US', words(signed ? 16 : 12)],
      ['00280102', 'US', words(signed ? 15 : 11)],
      ['00280103', 'US', words(signed ? 1 : 0)],
      ['00281050', 'DS', '40'],
      ['00281051', 'DS', '80'],
      ['00281052', 'DS', String(intercept)],
      ['00281053', 'DS', '1'],
    ],
  );
}
