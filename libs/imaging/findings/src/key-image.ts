import { createHash } from 'node:crypto';
import type { ColorPicture } from '@ichor/windowing/pictures';
import { referenceItem, type Reference } from './content-item.js';
import type { Dataset } from './dataset.js';
import { encodeDicom } from './encode.js';
import { dicomTime } from './dicom-time.js';
import {
  commonModules,
  derivedInstanceUid,
  derivedSeriesUid,
  fitReference,
  fitSource,
  type Origin,
  type SourceStudy,
} from './study.js';

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** A picture about a study. */
export interface KeyImage {
  readonly picture: ColorPicture;
  /** What it shows, at most 10,240 characters; it must not identify the patient. */
  readonly comment: string;
  /** The slices that it was made of. */
  readonly sources: readonly Reference[];
  /** Patient directions to the right and down, e.g. `['L', 'P']`; absent if the slices do not define them. */
  readonly patientOrientation?: readonly [right: string, bottom: string];
  /** Proportions of a pixel: distances of rows and of columns. */
  readonly pixelSpacing?: readonly [rows: number, columns: number];
}

/** A picture about a study as a DICOM secondary capture (8-bit RGB), in a series of its own. */
export function keyImage(
  source: SourceStudy,
  { picture, comment, sources, patientOrientation, pixelSpacing }: KeyImage,
  origin: Origin,
): Uint8Array {
  const { study } = fitSource(source);
  const { date, time } = dicomTime(origin.createdAt, study.timezoneOffset);
  const shown = sources.map(fitReference);
  // Pixel data are of even length (PS3.5 8.1.1).
  const pixels = new Uint8Array(picture.data.length + (picture.data.length % 2));
  pixels.set(picture.data);
  return encodeDicom({
    ...commonModules(study, origin),
    SOPClassUID: secondaryCapture,
    SOPInstanceUID: derivedInstanceUid(
      'key image',
      source,
      origin,
      comment,
      JSON.stringify([sources, patientOrientation, pixelSpacing]),
      createHash('sha256').update(picture.data).digest('hex'),
    ),
    Modality: 'OT',
    ConversionType: 'WSD',
    SeriesInstanceUID: derivedSeriesUid('key image series', source, origin),
    SeriesNumber: 9002,
    SeriesDescription: 'Ichor: key image (research only)',
    InstanceNumber: 1,
    // An unpaired part of the body: Laterality is absent.
    BodyPartExamined: 'HEAD',
    PatientOrientation: patientOrientation ? [...patientOrientation] : '',
    ContentDate: date,
    ContentTime: time,
    ImageType: ['DERIVED', 'SECONDARY'],
    DerivationDescription: comment.slice(0, 1024),
    SourceImageSequence: shown.map(referenceItem),
    ImageComments: comment.slice(0, 10_240),
    BurnedInAnnotation: 'NO',
    LossyImageCompression: '00',
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: picture.height,
    Columns: picture.width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    ...pixelAspectRatio(pixelSpacing),
    PixelData: pixels.buffer,
    _vrMap: { PixelData: 'OB' },
  });
}

/** Height and width of a pixel as whole numbers, where they differ (PS3.3 C.7.6.3.1.7). */
function pixelAspectRatio([rows, columns]: readonly [number, number] = [1, 1]): Dataset {
  const width = 10_000;
  const height = Math.round((width * rows) / columns);
  if (height === width || !(height >= 1 && height < 2 ** 31)) return {};
  return { PixelAspectRatio: [String(height), String(width)] };
}
