import dcmjs from 'dcmjs';
import type { Acquisition } from '../acquisition/geometry.js';
import type { PixelFormat } from '../acquisition/pixel-format.js';

const { data } = dcmjs;

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
/** A UID of the UUID form (PS3.5 B.2), made once for this writer. */
const IMPLEMENTATION = '2.25.190348372019573348167255904713285461109';

/** Bytes of an element's tag, representation and length where the representation is OW (PS3.5 7.1.2). */
const PIXEL_HEADER_LENGTH = 12;

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
 * `ID_<hex>` as there, which is not a valid UID. Each call returns new bytes, or those of a
 * template that no caller may change.
 */
export function createHeaders(header: StudyHeader): HeaderOf {
  const { positions, rows, columns } = header.acquisition;
  const [meta, dict] = [metaOf(), datasetOf(header)];
  const pixelElement = pixelDataHeader(rows * columns * 2);
  const write = (sliceId: string, position: readonly string[]): Buffer => {
    const file = new data.DicomDict({ ...meta, '00020003': { vr: 'UI', Value: [sliceId] } });
    file.dict = {
      ...dict,
      '00080018': { vr: 'UI', Value: [sliceId] },
      '00200032': { vr: 'DS', Value: [...position] },
    };
    return Buffer.concat([new Uint8Array(file.write()), pixelElement]);
  };
  // Headers of one length of identifier differ in these two values only, so dcmjs writes the first alone.
  const templates = new Map<number, Template>();
  return (sliceId, slice) => {
    const position = positions[slice]?.map((v) => decimal(v, 6));
    if (position === undefined) throw new RangeError(`slice ${slice} of ${positions.length}`);
    const text = position.join('\\');
    const template = templates.get(sliceId.length);
    if (template !== undefined) return fill(template, sliceId, text);
    const bytes = write(sliceId, position);
    templates.set(sliceId.length, templateOf(bytes, sliceId, text));
    return bytes;
  };
}

function metaOf(): Record<string, unknown> {
  return data.DicomMetaDictionary.denaturalizeDataset({
    FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
    MediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    MediaStorageSOPInstanceUID: '',
    TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    ImplementationClassUID: IMPLEMENTATION,
    ImplementationVersionName: 'ICHOR_PHANTOM',
    _vrMap: {},
  });
}

/** All elements but identifier, position and pixels of a slice. */
function datasetOf({
  patientId,
  studyId,
  seriesId,
  acquisition,
  format,
}: StudyHeader): Record<string, unknown> {
  const { rows, columns, spacing, tilt } = acquisition;
  return data.DicomMetaDictionary.denaturalizeDataset({
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
}

function templateOf(bytes: Buffer, sliceId: string, position: string): Template {
  const first = bytes.indexOf(sliceId);
  const ids = [first, bytes.indexOf(sliceId, first + 1)];
  const element = positionElement(position);
  const start = bytes.indexOf(element);
  if ([...ids, start].includes(-1))
    throw new Error('the identifier or position was not found in the encoded header');
  return { bytes, ids, position: { start, end: start + element.length } };
}

interface Template {
  readonly bytes: Buffer;
  /**
   * The places of the identifier of the slice: meta information and SOPInstanceUID, both before the position.
   */
  readonly ids: readonly number[];
  /** The bytes of ImagePositionPatient. */
  readonly position: { readonly start: number; readonly end: number };
}

function fill({ bytes, ids, position }: Template, sliceId: string, text: string): Uint8Array {
  const copy = Buffer.concat([
    bytes.subarray(0, position.start),
    positionElement(text),
    bytes.subarray(position.end),
  ]);
  for (const at of ids) copy.write(sliceId, at, 'latin1');
  return copy;
}

/** ImagePositionPatient (0020,0032) in explicit little endian, padded to an even length (PS3.5 7.1.2). */
function positionElement(text: string): Buffer {
  const value = text.length % 2 === 0 ? text : `${text} `;
  const element = Buffer.from(`\x20\x00\x32\x00DS\x00\x00${value}`, 'latin1');
  element.writeUInt16LE(value.length, 6);
  return element;
}

const pixelHeaders = new Map<number, Uint8Array>();

/**
 * Tag, representation and length of so many bytes of pixels: the last element of a file, so that the pixels can follow
 * without being copied by dcmjs.
 */
function pixelDataHeader(length: number): Uint8Array {
  const known = pixelHeaders.get(length);
  if (known !== undefined) return known;
  const file = new data.DicomDict({ '00020010': { vr: 'UI', Value: [EXPLICIT_LITTLE_ENDIAN] } });
  file.dict = { '7FE00010': { vr: 'OW', Value: [new ArrayBuffer(length)] } };
  const bytes = new Uint8Array(file.write());
  const header = bytes.slice(bytes.length - length - PIXEL_HEADER_LENGTH, bytes.length - length);
  pixelHeaders.set(length, header);
  return header;
}

/** A decimal string of at most 16 characters (PS3.5 6.2, DS). */
function decimal(value: number, digits: number): string {
  return String(Number(value.toFixed(digits))).slice(0, 16);
}
