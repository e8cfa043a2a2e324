import { present } from '@ichor/files/present';
import { DicomError } from './error.js';
import type { DataSet } from './parse/element.js';
import { tagOf } from './dictionary/dictionary.js';
import { functionalGroup } from './functional-groups.js';
import { valueReader, type PlainRecord, type PlainScalar, type PlainValue } from './values/plain-values.js';

export type Vector3 = readonly [x: number, y: number, z: number];

/**
 * The attributes that the pipeline, a viewer or a study assembly needs, by DICOM keyword.
 * A missing or empty attribute is undefined, except where a default is written here.
 */
export interface DicomAttributes {
  /** Free text, as all identifiers here: anonymized files hold identifiers that are not valid UIDs. */
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
  /** ImageType of a frame of an enhanced image. */
  readonly FrameType: readonly string[];
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
  /** 1 where the file does not tell; some writers put 0 for one frame. */
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

  /** `rescaleOf` gives both, or says why the unit is unknown. */
  readonly RescaleSlope: number | undefined;
  readonly RescaleIntercept: number | undefined;
  /** Unit of the rescaled values; where it is missing, that of the kind of image: HU for plain CT. */
  readonly RescaleType: string | undefined;
  /** All window centres (HU), a missing one undefined; none where the attribute is missing. See `fileWindow`. */
  readonly WindowCenter: readonly (number | undefined)[];
  readonly WindowWidth: readonly (number | undefined)[];
}

/**
 * @param frame whose functional groups count, from 0; for an image of several frames, what they share where not given
 * @throws DicomError `dicom/bad-attribute` when a value that decides about pixels or Hounsfield units is not a
 * number, or has two values. Geometry and identifiers that cannot be read are undefined: they are
 * not needed for the pixels.
 */
export function readAttributes(dataSet: DataSet, frame?: number): DicomAttributes {
  const readTop = valueReader(dataSet);
  const top = (keyword: string): PlainValue | undefined => {
    const tag = tagOf(keyword);
    return tag === undefined ? undefined : readTop(tag);
  };
  const frames = firstNumber('NumberOfFrames', top('NumberOfFrames')) || 1;
  const groupsOf = frame ?? (frames === 1 ? 0 : undefined);
  const inGroup = (keyword: string): PlainValue | undefined => {
    const group = functionalGroup(dataSet, keyword, groupsOf);
    const tag = tagOf(keyword);
    return group === undefined || tag === undefined ? undefined : valueReader(group)(tag);
  };
  const get = (keyword: string): PlainValue | undefined => inGroup(keyword) ?? top(keyword);
  const text = (keyword: string) => {
    const [value] = list(get(keyword));
    return value === undefined || value === null ? undefined : String(value);
  };
  const numbers = (keyword: string) => list(get(keyword)).filter((value) => typeof value === 'number');
  const number = (keyword: string): number | undefined => numbers(keyword)[0];
  const places = (keyword: string) =>
    list(get(keyword)).map((value) => (typeof value === 'number' ? value : undefined));
  const strict = (keyword: string): number | undefined => firstNumber(keyword, get(keyword));
  /** HU hang on it: values that contradict each other, in functional groups and above them, leave it unknown. */
  const single = (keyword: string): number | undefined => {
    const both = [inGroup(keyword), top(keyword)];
    both.forEach((value) => firstNumber(keyword, value));
    const found = new Set(both.flatMap(list).filter((value) => typeof value === 'number'));
    if (found.size < 2) return [...found][0];
    throw new DicomError({
      code: 'dicom/bad-attribute',
      attribute: keyword,
      reason: `has several values, ${[...found].slice(0, 4).join(' and ')}`,
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
    FrameType: list(get('FrameType')).map(String),
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
    ImagePositionPatient: position && [present(position[0]), present(position[1]), present(position[2])],
    ImageOrientationPatient: orientation && [
      present(orientation[0]),
      present(orientation[1]),
      present(orientation[2]),
      present(orientation[3]),
      present(orientation[4]),
      present(orientation[5]),
    ],
    PixelSpacing: spacing && [present(spacing[0]), present(spacing[1])],
    SliceThickness: number('SliceThickness'),
    SpacingBetweenSlices: number('SpacingBetweenSlices'),
    SliceLocation: number('SliceLocation'),
    GantryDetectorTilt: number('GantryDetectorTilt'),
    Rows: strict('Rows'),
    Columns: strict('Columns'),
    NumberOfFrames: frames,
    SamplesPerPixel: strict('SamplesPerPixel') ?? 1,
    PhotometricInterpretation: text('PhotometricInterpretation'),
    BitsAllocated: bitsAllocated,
    BitsStored: bitsStored,
    HighBit: strict('HighBit') ?? (bitsStored === undefined ? undefined : bitsStored - 1),
    PixelRepresentation: representationOf(strict('PixelRepresentation')),
    PixelPaddingValue: number('PixelPaddingValue'),
    PixelPaddingRangeLimit: number('PixelPaddingRangeLimit'),
    RescaleSlope: single('RescaleSlope'),
    RescaleIntercept: single('RescaleIntercept'),
    RescaleType: text('RescaleType'),
    WindowCenter: places('WindowCenter'),
    WindowWidth: places('WindowWidth'),
  };
}

function representationOf(value: number | undefined): 0 | 1 {
  if (value === undefined || value === 0) return 0;
  if (value === 1) return 1;
  throw new DicomError({
    code: 'dicom/bad-attribute',
    attribute: 'PixelRepresentation',
    reason: `${value} is neither 0 (unsigned) nor 1 (signed)`,
  });
}

function firstNumber(keyword: string, found: PlainValue | undefined): number | undefined {
  const [value] = list(found);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  throw new DicomError({
    code: 'dicom/bad-attribute',
    attribute: keyword,
    reason: `${JSON.stringify(String(value).slice(0, 32))} is not a number`,
  });
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
