import { unitObjection, type DicomAttributes } from '@ichor/dicom';
import type { Source } from './source.js';

const ofSlice = [
  'SOPInstanceUID',
  'InstanceNumber',
  'SliceLocation',
  'ImagePositionPatient',
  'AcquisitionNumber',
  'AcquisitionTime',
] as const;

const ofSeries = [
  'SOPClassUID',
  'PatientID',
  'IssuerOfPatientID',
  'PatientName',
  'PatientBirthDate',
  'PatientSex',
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'FrameOfReferenceUID',
  'Modality',
  'ImageType',
  'NumberOfFrames',
  'SamplesPerPixel',
  'Rows',
  'Columns',
  'PixelSpacing',
  'ImageOrientationPatient',
  'GantryDetectorTilt',
  'SliceThickness',
  'BodyPartExamined',
  'AnatomicRegionSequence',
  'SeriesDescription',
  'ProtocolName',
  'StudyDescription',
  'SeriesNumber',
  'ConvolutionKernel',
  'KVP',
  'ContrastBolusAgent',
  'ContrastBolusAgentSequence',
  'ContrastBolusIngredient',
  'ContrastBolusRoute',
  'ContrastBolusVolume',
  'ContrastBolusTotalDose',
  'Manufacturer',
] as const;

/** The values that differ from slice to slice. */
export type SliceAttributes = Pick<DicomAttributes, (typeof ofSlice)[number]>;

/** The values that the slices of a series nearly always share. */
export type SeriesAttributes = Pick<DicomAttributes, (typeof ofSeries)[number]> & {
  /** The reason why the values are not Hounsfield units; undefined if they are. */
  readonly unit?: string | undefined;
};

/** The part of a file that is kept until all files of its study are known. */
export interface Header {
  readonly source: Source;
  readonly slice: SliceAttributes;
  readonly series: SeriesAttributes;
}

/**
 * Keeps the part of each header that the planning of studies needs, and stores common values of slices only
 * once.
 */
export class HeaderStore {
  readonly #series = new Map<string, SeriesAttributes>();

  keep(source: Source, attributes: DicomAttributes): Header {
    const series: SeriesAttributes = { ...pick(attributes, ofSeries), unit: unitReason(attributes) };
    const key = JSON.stringify(series);
    const known = this.#series.get(key) ?? series;
    this.#series.set(key, known);
    return { source, slice: pick(attributes, ofSlice), series: known };
  }
}

function pick<Key extends keyof DicomAttributes>(
  all: DicomAttributes,
  keys: readonly Key[],
): Pick<DicomAttributes, Key> {
  const picked: Partial<Pick<DicomAttributes, Key>> = {};
  for (const key of keys) picked[key] = all[key];
  return picked as Pick<DicomAttributes, Key>;
}

/** Multi-frame files have a scale for each frame; another check reports that they are not read. */
function unitReason(all: DicomAttributes): string | undefined {
  if (all.NumberOfFrames > 1) return undefined;
  const objection = unitObjection(all);
  return objection && `${objection.attribute ?? 'the unit'} ${objection.reason}`;
}
