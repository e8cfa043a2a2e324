import { slice as ctSlice, words } from '@ichor/dicom/testing';

/** The attributes of a test slice; all have a default except the identifiers. */
export interface TestSlice {
  readonly patient: string;
  readonly study: string;
  readonly series?: string;
  /** mm */
  readonly z: number;
  /** Stored values of 4 x 4 pixels; those left out are 0. */
  readonly stored: readonly number[];
  readonly signed?: boolean;
  /** HU; null leaves the element away. */
  readonly intercept?: number | null;
  readonly rescaleType?: string;
  readonly windowCenter?: string;
  readonly windowWidth?: string;
}

/** The bytes of a DICOM file of 4 x 4 pixels. */
export function dicomFile(slice: TestSlice): Buffer {
  const { patient, study, series = 'ID_series', z, stored, signed = true, intercept = 0 } = slice;
  const pixels = Array.from({ length: 16 }, (_, i) => stored[i] ?? 0);
  return ctSlice(4, pixels, [
    ['00100020', 'LO', patient],
    ['0020000d', 'UI', study],
    ['0020000e', 'UI', series],
    ['00200032', 'DS', `-125\\-120\\${z}`],
    ['00280101', 'US', words(signed ? 16 : 12)],
    ['00280102', 'US', words(signed ? 15 : 11)],
    ['00280103', 'US', words(signed ? 1 : 0)],
    ['00281050', 'DS', slice.windowCenter ?? '30'],
    ['00281051', 'DS', slice.windowWidth ?? '80'],
    ...(intercept === null ? [] : ([['00281052', 'DS', String(intercept)]] as const)),
    ['00281053', 'DS', '1'],
    ...(slice.rescaleType === undefined ? [] : ([['00281054', 'LO', slice.rescaleType]] as const)),
  ]);
}
