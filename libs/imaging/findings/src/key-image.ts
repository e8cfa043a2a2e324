import { createHash } from 'node:crypto';
import type { ColorPicture } from '@ichor/windowing/pictures';
import { referenceItem, type Reference } from './content-item.js';
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

/**
 * A picture about a study as a DICOM secondary capture (8-bit RGB), in a series of its own.
 *
 * @param comment what the picture shows, at most 10,240 characters; it must not identify the patient
 * @param sources the slices that the picture was made of
 */
export function keyImage(
  source: SourceStudy,
  picture: ColorPicture,
  comment: string,
  sources: readonly Reference[],
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
      JSON.stringify(sources),
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
    PatientOrientation: '',
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
    PixelData: pixels.buffer,
    _vrMap: { PixelData: 'OB' },
  });
}
