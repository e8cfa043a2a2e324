import {
  DicomError,
  fileWindow,
  undoPixelWrapAround,
  histogram,
  rescaleOf,
  shareWithin,
  storedStatistics,
  windowStatistics,
  type DicomAttributes,
  type DicomFile,
  type Histogram,
  type PlainRecord,
  type Statistics,
} from '@ichor/dicom';
import { readDicomSync, type FileBuffer } from '@ichor/dicom/node';
import { present } from '@ichor/files';
import { brainWindow, windowBounds } from '@ichor/windowing';
import { rawTable, type RowOf } from '@ichor/tables';
import { contentOf } from './content.js';

export type SliceRow = RowOf<typeof rawTable>;

/** A slice, and a checksum of its file. */
export interface ReadSlice {
  readonly row: SliceRow;
  readonly content: string;
}

const NO_STATISTICS: Statistics = { max: NaN, min: NaN, mean: NaN, range: NaN };

/**
 * Reads one slice: its attributes and the statistics of its three views, all from one pass over the pixels.
 *
 * @param labels its positive labels, separated by spaces
 * @throws DicomError
 */
export async function readSlice(
  id: string,
  labels: string,
  path: string,
  buffer: FileBuffer,
): Promise<ReadSlice> {
  const file = readDicomSync(path, { buffer });
  const { attributes } = file;
  if (attributes.NumberOfFrames !== 1)
    throw new DicomError({
      code: 'dicom/unsupported',
      file: path,
      attribute: 'NumberOfFrames',
      reason: `expected one slice per file, found ${attributes.NumberOfFrames} frames`,
    });
  const { data, rows, columns } = await file.pixels();
  const counted = histogram(data);
  const measured = measure(counted, attributes);
  const content = contentOf(buffer.taken, data, counted);
  const values = file.values();
  const row: SliceRow = {
    ID: id,
    labels,
    num_labels: labels === '' ? 0 : labels.split(' ').length,
    ...identifiers(file, values),
    ...geometry(attributes),
    SamplesPerPixel: attributes.SamplesPerPixel,
    PhotometricInterpretation: attributes.PhotometricInterpretation ?? '',
    Rows: rows,
    Columns: columns,
    // Pixels cannot be read without these.
    BitsAllocated: present(attributes.BitsAllocated, 'BitsAllocated'),
    BitsStored: present(attributes.BitsStored, 'BitsStored'),
    HighBit: present(attributes.HighBit, 'HighBit'),
    PixelRepresentation: attributes.PixelRepresentation,
    ...measured,
    OtherAttributes: otherAttributes(values),
  };
  return { row, content };
}

function identifiers(file: DicomFile, values: PlainRecord) {
  const { attributes } = file;
  const studyId = values['StudyID'];
  return {
    SOPInstanceUID: attributes.SOPInstanceUID ?? null,
    Modality: attributes.Modality ?? null,
    PatientID: required(file, 'PatientID', attributes.PatientID),
    StudyInstanceUID: required(file, 'StudyInstanceUID', attributes.StudyInstanceUID),
    SeriesInstanceUID: required(file, 'SeriesInstanceUID', attributes.SeriesInstanceUID),
    StudyID: studyId === undefined || studyId === null ? null : plainText(studyId),
  };
}

/** mm; NaN where the file does not tell. */
function geometry({ ImagePositionPatient, ImageOrientationPatient, PixelSpacing }: DicomAttributes) {
  const [x = NaN, y = NaN, z = NaN] = ImagePositionPatient ?? [];
  const [o1 = NaN, o2 = NaN, o3 = NaN, o4 = NaN, o5 = NaN, o6 = NaN] = ImageOrientationPatient ?? [];
  const [rowSpacing = NaN, columnSpacing = NaN] = PixelSpacing ?? [];
  return {
    Position1: x,
    Position2: y,
    Position3: z,
    Orientation1: o1,
    Orientation2: o2,
    Orientation3: o3,
    Orientation4: o4,
    Orientation5: o5,
    Orientation6: o6,
    PixelSpacing1: rowSpacing,
    PixelSpacing2: columnSpacing,
  };
}

/** Statistics of the stored values, and of what the window of the file and the brain window show of them. */
function measure(counted: Histogram, attributes: DicomAttributes) {
  const window = fileWindow(attributes);
  const rescale = rescaleOf(attributes);
  // The fix of the pixel representation is one of values: it works on the histogram as it does on pixels.
  const fixed = undoPixelWrapAround(counted.values, attributes, counted.counts);
  const { low, high } = windowBounds(brainWindow);
  const raw = storedStatistics(counted);
  const shownByFile = window === undefined ? NO_STATISTICS : windowStatistics(counted, rescale, window);
  const brain = windowStatistics(counted, rescale, brainWindow);
  return {
    WindowCenter: window?.center ?? NaN,
    WindowWidth: window?.width ?? NaN,
    ...rescale,
    raw_max: raw.max,
    raw_min: raw.min,
    raw_mean: raw.mean,
    raw_diff: raw.range,
    file_window_max: shownByFile.max,
    file_window_min: shownByFile.min,
    file_window_mean: shownByFile.mean,
    file_window_diff: shownByFile.range,
    brain_max: brain.max,
    brain_min: brain.min,
    brain_mean: brain.mean,
    brain_diff: brain.range,
    brain_region_rate: shareWithin({ ...counted, values: signedOrNot(fixed.data) }, fixed, low, high),
  };
}

function signedOrNot(values: ReturnType<typeof undoPixelWrapAround>['data']): Int32Array | Uint32Array {
  return values instanceof Int32Array || values instanceof Uint32Array ? values : Int32Array.from(values);
}

/** A slice without a study or patient can be neither grouped nor ordered. */
function required(file: DicomFile, attribute: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new DicomError({
    code: 'dicom/missing-attribute',
    ...(file.name === undefined ? {} : { file: file.name }),
    attribute,
    reason: 'is missing, so the slice belongs to no study',
  });
}

/** Attributes that have columns of their own. */
const IN_COLUMNS: ReadonlySet<string> = new Set([
  ...Object.keys(rawTable.columns),
  'ImagePositionPatient',
  'ImageOrientationPatient',
  'PixelSpacing',
  'NumberOfFrames',
]);

/** The rest as JSON; null when there is none. Binary values are represented by their length. */
function otherAttributes(values: PlainRecord): string | null {
  let others: Record<string, unknown> | undefined;
  for (const keyword of Object.keys(values)) {
    if (IN_COLUMNS.has(keyword) && !severalWindows(keyword, values)) continue;
    others ??= {};
    others[keyword] = values[keyword];
  }
  return others === undefined ? null : JSON.stringify(others, plainJson);
}

/** The columns hold the first window only; where there are more, all of them are kept here. */
function severalWindows(keyword: string, values: PlainRecord): boolean {
  return (keyword === 'WindowCenter' || keyword === 'WindowWidth') && Array.isArray(values[keyword]);
}

function plainJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return value;
}

function plainText(value: unknown): string {
  return Array.isArray(value) ? value.join('\\') : String(value);
}
