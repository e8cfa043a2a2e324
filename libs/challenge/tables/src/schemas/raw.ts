import { float64, int32, int8, nullableFloat64, nullableUtf8, utf8 } from '../column.js';
import { defineTable } from '../schema.js';

const view = (what: string, unit: string) => ({
  max: nullableFloat64(`Largest ${what}`, unit),
  min: nullableFloat64(`Smallest ${what}`, unit),
  mean: nullableFloat64(`Mean ${what}`, unit),
  diff: nullableFloat64(`Largest minus smallest ${what}`, unit),
});
const stored = view('stored value', 'stored value');
const own = view("value in the file's own window", 'HU');
const brain = view('value in the brain window 40/80', 'HU');

/** One row per readable slice: labels, every DICOM attribute but the pixels, statistics of three views. */
export const rawTable = defineTable(
  'raw',
  2,
  'One row per slice: labels, DICOM attributes, view statistics',
  {
    ID: utf8('Identifier of the slice: the file name without .dcm'),
    labels: utf8('Positive labels, separated by spaces, in the order of the CSV rows; empty for none'),
    num_labels: int8('Number of positive labels'),
    SOPInstanceUID: nullableUtf8('(0008,0018)'),
    Modality: nullableUtf8('(0008,0060)'),
    PatientID: utf8('(0010,0020)'),
    StudyInstanceUID: utf8('(0020,000D)'),
    SeriesInstanceUID: utf8('(0020,000E)'),
    StudyID: nullableUtf8('(0020,0010)'),
    Position1: nullableFloat64('ImagePositionPatient (0020,0032), first value', 'mm'),
    Position2: nullableFloat64('ImagePositionPatient (0020,0032), second value', 'mm'),
    Position3: nullableFloat64('ImagePositionPatient (0020,0032), third value', 'mm'),
    Orientation1: nullableFloat64('ImageOrientationPatient (0020,0037), row direction x'),
    Orientation2: nullableFloat64('ImageOrientationPatient (0020,0037), row direction y'),
    Orientation3: nullableFloat64('ImageOrientationPatient (0020,0037), row direction z'),
    Orientation4: nullableFloat64('ImageOrientationPatient (0020,0037), column direction x'),
    Orientation5: nullableFloat64('ImageOrientationPatient (0020,0037), column direction y'),
    Orientation6: nullableFloat64('ImageOrientationPatient (0020,0037), column direction z'),
    SamplesPerPixel: int32('(0028,0002)'),
    PhotometricInterpretation: utf8('(0028,0004)'),
    Rows: int32('(0028,0010)', 'px'),
    Columns: int32('(0028,0011)', 'px'),
    PixelSpacing1: nullableFloat64('PixelSpacing (0028,0030), between rows', 'mm'),
    PixelSpacing2: nullableFloat64('PixelSpacing (0028,0030), between columns', 'mm'),
    BitsAllocated: int32('(0028,0100)'),
    BitsStored: int32('(0028,0101)'),
    HighBit: int32('(0028,0102)'),
    PixelRepresentation: int32('(0028,0103): 0 unsigned, 1 signed'),
    WindowCenter: nullableFloat64('(0028,1050), first value, as an integer', 'HU'),
    WindowWidth: nullableFloat64('(0028,1051), first value, as an integer', 'HU'),
    RescaleIntercept: float64('(0028,1052)', 'HU'),
    RescaleSlope: float64('(0028,1053)', 'HU per stored value'),
    OtherAttributes: nullableUtf8(
      'Every other attribute of the file as a JSON object, keyword or tag to text',
    ),
    raw_max: stored.max,
    raw_min: stored.min,
    raw_mean: stored.mean,
    raw_diff: stored.diff,
    // The original's doctor_max, doctor_min, doctor_mean, doctor_diff.
    file_window_max: own.max,
    file_window_min: own.min,
    file_window_mean: own.mean,
    file_window_diff: own.diff,
    brain_max: brain.max,
    brain_min: brain.min,
    brain_mean: brain.mean,
    brain_diff: brain.diff,
    brain_region_rate: float64('Share of pixels with 0 <= HU <= 80, after the pixel-representation fix'),
  },
);
