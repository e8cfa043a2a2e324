import { DicomError } from './error.js';
import type { DataSet } from './parse/element.js';
import { tagOf } from './dictionary/dictionary.js';
import { valueReader, type PlainRecord, type PlainScalar, type PlainValue } from './values/plain-values.js';

export type Vector3 = readonly [x: number, y: number, z: number];

/**
 * The attributes that the pipeline, a viewer or a study assembly asks for, under their DICOM keywords.
 * A missing or empty attribute is undefined, except where a default is written here.
 */
export interface DicomAttributes {
  /** Free text, as all identifiers here: anonymized files hold what is no valid UID. */
  readonly PatientID: string | undefined;
  readonly IssuerOfPatientID: string | undefined;
  readonly PatientName: string | undefined;
  readonly PatientBirthDate: string | undefined;
  readonly PatientSex: string | undefined;
  readonly StudyInstanceUID: string | undefined;
  readonly SeriesInstanceUID: string | undefined;
  readonly SOPInstanceUID: string | undefined;
  readonly SOPClassUID: string | undefined;
  readonly FrameOfReferenceUID: string | undefined;
  readonly InstanceNumber: number | undefined;
  readonly AcquisitionNumber: number | undefined;
  /** As written, e.g. `101530.5`. */
  readonly AcquisitionTime: string | undefined;
  readonly SeriesNumber: number | undefined;

  readonly Modality: string | undefined;
  readonly ImageType: readonly string[];
  readonly BodyPartExamined: string | undefined;
  /** CodeMeaning of each item, empty where it has none. */
  readonly AnatomicRegionSequence: readonly string[];
  readonly ProtocolName: string | undefined;
  readonly SeriesDescription: string | undefined;
  readonly StudyDescription: string | undefined;
  readonly ConvolutionKernel: string | undefined;
  /** kV */
  readonly KVP: number | undefined;
  readonly ContrastBolusAgent: string | undefined;
  /** CodeMeaning of each item, empty where it has none. */
  readonly ContrastBolusAgentSequence: readonly string[];
  readonly ContrastBolusIngredient: string | undefined;
  readonly ContrastBolusRoute: string | undefined;
  /** ml */
  readonly ContrastBolusVolume: number | undefined;
  /** ml */
  readonly ContrastBolusTotalDose: number | undefined;
  readonly Manufacturer: string | undefined;

  /** Centre of the first voxel, mm, patient axes (left, posterior, head). */
  readonly ImagePositionPatient: Vector3 | undefined;
  /** Direction of a row, then of a column. */
  readonly ImageOrientationPatient: readonly [...Vector3, ...Vector3] | undefined;
  /** mm between rows, mm between columns. */
  readonly PixelSpacing: readonly [row: number, column: number] | undefined;
  /** mm */
  readonly SliceThickness: number | undefined;
  /** mm */
  readonly SpacingBetweenSlices: number | undefined;
  /** mm */
  readonly SliceLocation: number | undefined;
  /** degrees */
  readonly GantryDetectorTilt: number | undefined;

  readonly Rows: number | undefined;
  readonly Columns: number | undefined;
  /** 1 where the file does not tell. */
  readonly NumberOfFrames: number;
  /** 1 where the file does not tell. */
  readonly SamplesPerPixel: number;
  readonly PhotometricInterpretation: string | undefined;
  readonly BitsAllocated: number | undefined;
  /** BitsAllocated where the file does not tell. */
  readonly BitsStored: number | undefined;
  /** BitsStored - 1 where the file does not tell. */
  readonly HighBit: number | undefined;
  /** 0 unsigned, 1 two's complement; 0 where the file does not tell. */
  readonly PixelRepresentation: 0 | 1;
  /** Stored value outside the scanned circle; read as signed when PixelRepresentation is 1. */
  readonly PixelPaddingValue: number | undefined;
  /** Other end of the range of padding values. */
  readonly PixelPaddingRangeLimit: number | undefined;

  /** 1 where missing or empty. HU = stored * RescaleSlope + RescaleIntercept. */
  readonly RescaleSlope: number;
  /** 0 where missing or empty. */
  readonly RescaleIntercept: number;
  /** All window centres (HU); none where missing. The pipeline uses the first. */
  readonly WindowCenter: readonly number[];
  readonly WindowWidth: readonly number[];
}

/**
 * @throws DicomError `dicom/bad-attribute` when a value that decides about pixels or Hounsfield units is not a
 * number. Geometry and identifiers that cannot be read are undefined: they are not needed for the pixels.
 */
export function readAttributes(dataSet: DataSet): DicomAttributes {
  const read = valueReader(dataSet);
  const get = (keyword: string): PlainValue | undefined => {
    const tag = tagOf(keyword);
    return tag === undefined ? undefined : read(tag);
  };
  const text = (keyword: string) => {
    const [value] = list(get(keyword));
    return value === undefined || value === null ? undefined : String(value);
  };
  const numbers = (keyword: string) => list(get(keyword)).filter((value) => typeof value === 'number');
  const number = (keyword: string): number | undefined => numbers(keyword)[0];
  const strict = (keyword: string): number | undefined => {
    const [value] = list(get(keyword));
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number') return value;
    throw new DicomError({
      code: 'dicom/bad-attribute',
      attribute: keyword,
      reason: `${JSON.stringify(String(value).slice(0, 32))} is not a number`,
    });
  };
  const vector = (keyword: string, length: number): number[] | undefined => {
    const values = numbers(keyword);
    return values.length === length ? values : undefined;
  };
  const meanings = (keyword: string): readonly string[] =>
    items(get(keyword)).map(({ CodeMeaning }) => (typeof CodeMeaning === 'string' ? CodeMeaning : ''));

  const bitsAllocated = strict('BitsAllocated');
  const bitsStored = strict('BitsStored') ?? bitsAllocated;
  const position = vector('ImagePositionPatient', 3);
  const orientation = vector('ImageOrientationPatient', 6);
  const spacing = vector('PixelSpacing', 2);
  return {
    PatientID: text('PatientID'),
    IssuerOfPatientID: text('IssuerOfPatientID'),
    PatientName: text('PatientName'),
    PatientBirthDate: text('PatientBirthDate'),
    PatientSex: text('PatientSex'),
    StudyInstanceUID: text('StudyInstanceUID'),
    SeriesInstanceUID: text('SeriesInstanceUID'),
    SOPInstanceUID: text('SOPInstanceUID'),
    SOPClassUID: text('SOPClassUID'),
    FrameOfReferenceUID: text('FrameOfReferenceUID'),
    InstanceNumber: number('InstanceNumber'),
    AcquisitionNumber: number('AcquisitionNumber'),
    AcquisitionTime: text('AcquisitionTime'),
    SeriesNumber: number('SeriesNumber'),
    Modality: text('Modality'),
    ImageType: list(get('ImageType')).map(String),
    BodyPartExamined: text('BodyPartExamined'),
    AnatomicRegionSequence: meanings('AnatomicRegionSequence'),
    ProtocolName: text('ProtocolName'),
    SeriesDescription: text('SeriesDescription'),
    StudyDescription: text('StudyDescription'),
    ConvolutionKernel: text('ConvolutionKernel'),
    KVP: number('KVP'),
    ContrastBolusAgent: text('ContrastBolusAgent'),
    ContrastBolusAgentSequence: meanings('ContrastBolusAgentSequence'),
    ContrastBolusIngredient: text('ContrastBolusIngredient'),
    ContrastBolusRoute: text('ContrastBolusRoute'),
    ContrastBolusVolume: number('ContrastBolusVolume'),
    ContrastBolusTotalDose: number('ContrastBolusTotalDose'),
    Manufacturer: text('Manufacturer'),
    ImagePositionPatient: position && [position[0]!, position[1]!, position[2]!],
    ImageOrientationPatient: orientation && [
      orientation[0]!,
      orientation[1]!,
      orientation[2]!,
      orientation[3]!,
      orientation[4]!,
      orientation[5]!,
    ],
    PixelSpacing: spacing && [spacing[0]!, spacing[1]!],
    SliceThickness: number('SliceThickness'),
    SpacingBetweenSlices: number('SpacingBetweenSlices'),
    SliceLocation: number('SliceLocation'),
    GantryDetectorTilt: number('GantryDetectorTilt'),
    Rows: strict('Rows'),
    Columns: strict('Columns'),
    NumberOfFrames: strict('NumberOfFrames') ?? 1,
    SamplesPerPixel: strict('SamplesPerPixel') ?? 1,
    PhotometricInterpretation: text('PhotometricInterpretation'),
    BitsAllocated: bitsAllocated,
    BitsStored: bitsStored,
    HighBit: strict('HighBit') ?? (bitsStored === undefined ? undefined : bitsStored - 1),
    PixelRepresentation: strict('PixelRepresentation') === 1 ? 1 : 0,
    PixelPaddingValue: number('PixelPaddingValue'),
    PixelPaddingRangeLimit: number('PixelPaddingRangeLimit'),
    RescaleSlope: strict('RescaleSlope') ?? 1,
    RescaleIntercept: strict('RescaleIntercept') ?? 0,
    WindowCenter: numbers('WindowCenter'),
    WindowWidth: numbers('WindowWidth'),
  };
}

function list(value: PlainValue | undefined): readonly PlainScalar[] {
  if (value === undefined || value === null || value instanceof Uint8Array) return [];
  if (typeof value !== 'object') return [value];
  const scalars: PlainScalar[] = [];
  for (const part of value) if (part === null || typeof part !== 'object') scalars.push(part);
  return scalars;
}

function items(value: PlainValue | undefined): readonly PlainRecord[] {
  if (!Array.isArray(value)) return [];
  const records: PlainRecord[] = [];
  for (const part of value) if (part !== null && typeof part === 'object') records.push(part);
  return records;
}
