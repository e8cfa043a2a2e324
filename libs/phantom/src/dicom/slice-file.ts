import { data } from 'dcmjs';
import type { Acquisition } from '../acquisition/geometry.js';
import type { PixelFormat } from '../acquisition/pixel-format.js';

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
/** A UID of the UUID form (PS3.5 B.2), made once for this writer. */
const IMPLEMENTATION = '2.25.190348372019573348167255904713285461109';

export interface StudyHeader {
  readonly patientId: string;
  readonly studyId: string;
  readonly seriesId: string;
  readonly acquisition: Acquisition;
  readonly format: PixelFormat;
}

/** Bytes of a file up to the first pixel. */
export type HeaderOf = (sliceId: string, slice: number) => Uint8Array;

/**
 * Headers of the files of one study, with the elements that the Kaggle files have and no more. Identifiers are
 * `ID_<hex>` as there, which is no valid UID. The data set is built once; a slice changes two elements.
 */
export function createHeaders({ patientId, studyId, seriesId, acquisition, format }: StudyHeader): HeaderOf {
  const { rows, columns, spacing, tilt, positions } = acquisition;
  const meta = data.DicomMetaDictionary.denaturalizeDataset({
    FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
    MediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    MediaStorageSOPInstanceUID: '',
    TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    ImplementationClassUID: IMPLEMENTATION,
    ImplementationVersionName: 'ICHOR_PHANTOM',
    _vrMap: {},
  });
  const dict = data.DicomMetaDictionary.denaturalizeDataset({
    SOPClassUID: CT_IMAGE_STORAGE,
    SOPInstanceUID: '',
    Modality: 'CT',
    PatientID: patientId,
    StudyInstanceUID: studyId,
    SeriesInstanceUID: seriesId,
    StudyID: '',
    ImagePositionPatient: ['0', '0', '0'],
    ImageOrientationPatient: [1, 0, 0, 0, Math.cos(tilt), -Math.sin(tilt)].map((v) => decimal(v, 6)),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    PixelSpacing: [decimal(spacing, 6), decimal(spacing, 6)],
    BitsAllocated: 16,
    BitsStored: format.bitsStored,
    HighBit: format.bitsStored - 1,
    PixelRepresentation: format.pixelRepresentation,
    WindowCenter: format.windowCenter,
    WindowWidth: format.windowWidth,
    RescaleIntercept: String(format.rescaleIntercept),
    RescaleSlope: '1',
    _vrMap: {},
    _meta: {},
  });
  const pixelElement = pixelDataHeader(rows * columns * 2);
  return (sliceId, slice) => {
    const position = positions[slice];
    if (position === undefined) throw new RangeError(`slice ${slice} of ${positions.length}`);
    const file = new data.DicomDict({ ...meta, '00020003': { vr: 'UI', Value: [sliceId] } });
    file.dict = {
      ...dict,
      '00080018': { vr: 'UI', Value: [sliceId] },
      '00200032': { vr: 'DS', Value: position.map((v) => decimal(v, 6)) },
    };
    const head = new Uint8Array(file.write());
    const bytes = new Uint8Array(head.length + pixelElement.length);
    bytes.set(head);
    bytes.set(pixelElement, head.length);
    return bytes;
  };
}

/** Tag (7FE0,0010), OW, length: the last element, so that the pixels can follow without being copied by dcmjs. */
function pixelDataHeader(length: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x7fe0, true);
  view.setUint16(2, 0x0010, true);
  bytes.set([0x4f, 0x57], 4);
  view.setUint32(8, length, true);
  return bytes;
}

/** A decimal string of at most 16 characters (PS3.5 6.2, DS). */
function decimal(value: number, digits: number): string {
  return String(Number(value.toFixed(digits))).slice(0, 16);
}
