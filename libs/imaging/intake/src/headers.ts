import { unitObjection, type DicomAttributes } from '@ichor/dicom';
import type { Source } from './source.js';

/** What differs from slice to slice. */
export type SliceAttributes = Pick<
  DicomAttributes,
  'SOPInstanceUID' | 'InstanceNumber' | 'SliceLocation' | 'ImagePositionPatient'
>;

/** What the slices of a series have in common, nearly always. */
export type SeriesAttributes = Pick<
  DicomAttributes,
  | 'SOPClassUID'
  | 'PatientID'
  | 'StudyInstanceUID'
  | 'SeriesInstanceUID'
  | 'Modality'
  | 'ImageType'
  | 'NumberOfFrames'
  | 'ImageOrientationPatient'
  | 'SliceThickness'
  | 'BodyPartExamined'
  | 'SeriesDescription'
  | 'StudyDescription'
  | 'SeriesNumber'
  | 'ConvolutionKernel'
  | 'ContrastBolusAgent'
  | 'Manufacturer'
> & {
  /** Why the values are no Hounsfield units; undefined where they are. */
  readonly unit?: string | undefined;
};

/** What is kept of a file until all files of its study are known. */
export interface Header {
  readonly source: Source;
  readonly slice: SliceAttributes;
  readonly series: SeriesAttributes;
}

/** Keeps of each header what the planning of studies asks for, and what slices have in common only once. */
export class HeaderStore {
  readonly #series = new Map<string, SeriesAttributes>();

  keep(source: Source, attributes: DicomAttributes): Header {
    const { SOPInstanceUID, InstanceNumber, SliceLocation, ImagePositionPatient } = attributes;
    const series = seriesAttributes(attributes);
    const key = JSON.stringify(series);
    const known = this.#series.get(key) ?? series;
    this.#series.set(key, known);
    return {
      source,
      slice: { SOPInstanceUID, InstanceNumber, SliceLocation, ImagePositionPatient },
      series: known,
    };
  }
}

function seriesAttributes(all: DicomAttributes): SeriesAttributes {
  return {
    SOPClassUID: all.SOPClassUID,
    PatientID: all.PatientID,
    StudyInstanceUID: all.StudyInstanceUID,
    SeriesInstanceUID: all.SeriesInstanceUID,
    Modality: all.Modality,
    ImageType: all.ImageType,
    NumberOfFrames: all.NumberOfFrames,
    ImageOrientationPatient: all.ImageOrientationPatient,
    SliceThickness: all.SliceThickness,
    BodyPartExamined: all.BodyPartExamined,
    SeriesDescription: all.SeriesDescription,
    StudyDescription: all.StudyDescription,
    SeriesNumber: all.SeriesNumber,
    ConvolutionKernel: all.ConvolutionKernel,
    ContrastBolusAgent: all.ContrastBolusAgent,
    Manufacturer: all.Manufacturer,
    unit: unitReason(all),
  };
}

function unitReason(all: DicomAttributes): string | undefined {
  const objection = unitObjection(all);
  return objection && `${objection.attribute ?? 'the unit'} ${objection.reason}`;
}
