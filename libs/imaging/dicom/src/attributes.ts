import { AttributeReader } from './attribute-reader.js';
import { DicomError } from './error.js';
import type { DataSet } from './parse/element.js';

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
  /** 1 where the file gives no value; some writers put 0 for one frame. */
  readonly NumberOfFrames: number;
  /** 1 where the file gives no value. */
  readonly SamplesPerPixel: number;
  readonly PhotometricInterpretation: string | undefined;
  readonly BitsAllocated: number | undefined;
  /** BitsAllocated where the file gives no value. */
  readonly BitsStored: number | undefined;
  /** BitsStored - 1 where the file gives no value. */
  readonly HighBit: number | undefined;
  /** 0 unsigned, 1 two's complement; 0 where the file gives no value. */
  readonly PixelRepresentation: 0 | 1;
  /** Stored value outside the scanned circle; read as signed when PixelRepresentation is 1. */
  readonly PixelPaddingValue: number | undefined;
  /** Other end of the range of padding values. */
  readonly PixelPaddingRangeLimit: number | undefined;

  /** `rescaleOf` returns both values, or gives the reason why the unit is unknown. */
  readonly RescaleSlope: number | undefined;
  readonly RescaleIntercept: number | undefined;
  /** Unit of the rescaled values. If it is missing, the kind of image determines it: HU for plain CT. */
  readonly RescaleType: string | undefined;
  /** All window centres (HU); a missing one is undefined. Empty where the attribute is missing. See `fileWindow`. */
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
  const read = new AttributeReader(dataSet, frame);
  return {
    ...identifiers(read),
    ...acquisition(read),
    ...geometry(read),
    ...pixels(read),
    ...rescaleAndWindows(read),
  };
}

function identifiers(read: AttributeReader) {
  return {
    PatientID: read.text('PatientID'),
    IssuerOfPatientID: read.text('IssuerOfPatientID'),
    PatientName: read.text('PatientName'),
    PatientBirthDate: read.text('PatientBirthDate'),
    PatientSex: read.text('PatientSex'),
    StudyInstanceUID: read.text('StudyInstanceUID'),
    SeriesInstanceUID: read.text('SeriesInstanceUID'),
    SOPInstanceUID: read.text('SOPInstanceUID'),
    SOPClassUID: read.text('SOPClassUID'),
    FrameOfReferenceUID: read.text('FrameOfReferenceUID'),
    InstanceNumber: read.number('InstanceNumber'),
    AcquisitionNumber: read.number('AcquisitionNumber'),
    AcquisitionTime: read.text('AcquisitionTime'),
    SeriesNumber: read.number('SeriesNumber'),
  };
}

/** The attributes of the scanned body part and of the scan. */
function acquisition(read: AttributeReader) {
  return {
    Modality: read.text('Modality'),
    ImageType: read.texts('ImageType'),
    FrameType: read.texts('FrameType'),
    BodyPartExamined: read.text('BodyPartExamined'),
    AnatomicRegionSequence: read.meanings('AnatomicRegionSequence'),
    ProtocolName: read.text('ProtocolName'),
    SeriesDescription: read.text('SeriesDescription'),
    StudyDescription: read.text('StudyDescription'),
    ConvolutionKernel: read.text('ConvolutionKernel'),
    KVP: read.number('KVP'),
    ContrastBolusAgent: read.text('ContrastBolusAgent'),
    ContrastBolusAgentSequence: read.meanings('ContrastBolusAgentSequence'),
    ContrastBolusIngredient: read.text('ContrastBolusIngredient'),
    ContrastBolusRoute: read.text('ContrastBolusRoute'),
    ContrastBolusVolume: read.number('ContrastBolusVolume'),
    ContrastBolusTotalDose: read.number('ContrastBolusTotalDose'),
    Manufacturer: read.text('Manufacturer'),
  };
}

function geometry(read: AttributeReader) {
  return {
    // The lengths are those of the tuples.
    ImagePositionPatient: read.vector('ImagePositionPatient', 3) as Vector3 | undefined,
    ImageOrientationPatient: read.vector('ImageOrientationPatient', 6) as
      readonly [...Vector3, ...Vector3] | undefined,
    PixelSpacing: read.vector('PixelSpacing', 2) as readonly [row: number, column: number] | undefined,
    SliceThickness: read.number('SliceThickness'),
    SpacingBetweenSlices: read.number('SpacingBetweenSlices'),
    SliceLocation: read.number('SliceLocation'),
    GantryDetectorTilt: read.number('GantryDetectorTilt'),
  };
}

function pixels(read: AttributeReader) {
  const bitsAllocated = read.strict('BitsAllocated');
  const bitsStored = read.strict('BitsStored') ?? bitsAllocated;
  return {
    Rows: read.strict('Rows'),
    Columns: read.strict('Columns'),
    NumberOfFrames: read.frames,
    SamplesPerPixel: read.strict('SamplesPerPixel') ?? 1,
    PhotometricInterpretation: read.text('PhotometricInterpretation'),
    BitsAllocated: bitsAllocated,
    BitsStored: bitsStored,
    HighBit: read.strict('HighBit') ?? (bitsStored === undefined ? undefined : bitsStored - 1),
    PixelRepresentation: representationOf(read.strict('PixelRepresentation')),
    PixelPaddingValue: read.number('PixelPaddingValue'),
    PixelPaddingRangeLimit: read.number('PixelPaddingRangeLimit'),
  };
}

function rescaleAndWindows(read: AttributeReader) {
  return {
    RescaleSlope: read.single('RescaleSlope'),
    RescaleIntercept: read.single('RescaleIntercept'),
    RescaleType: read.text('RescaleType'),
    WindowCenter: read.places('WindowCenter'),
    WindowWidth: read.places('WindowWidth'),
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
