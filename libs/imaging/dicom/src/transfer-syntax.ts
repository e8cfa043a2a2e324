import { DicomError } from './error.js';

/** How the pixels of a transfer syntax are stored; `native` is uncompressed. */
export type PixelCoding =
  'native' | 'rle' | 'jpeg-baseline' | 'jpeg-extended' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** One row of PS3.5 section 10 / PS3.6 table A-1. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
  readonly coding: PixelCoding;
}

const plain = { explicit: true, bigEndian: false, deflated: false, coding: 'native' } as const;

function encapsulated(uid: string, name: string, coding: PixelCoding): TransferSyntax {
  return { ...plain, uid: `1.2.840.10008.1.2.${uid}`, name, coding };
}

export const implicitLittleEndian: TransferSyntax = {
  ...plain,
  uid: '1.2.840.10008.1.2',
  name: 'Implicit VR Little Endian',
  explicit: false,
};
export const explicitLittleEndian: TransferSyntax = {
  ...plain,
  uid: '1.2.840.10008.1.2.1',
  name: 'Explicit VR Little Endian',
};
export const explicitBigEndian: TransferSyntax = {
  ...plain,
  uid: '1.2.840.10008.1.2.2',
  name: 'Explicit VR Big Endian',
  bigEndian: true,
};

/** Every transfer syntax that this package reads. */
export const transferSyntaxes: readonly TransferSyntax[] = [
  implicitLittleEndian,
  explicitLittleEndian,
  explicitBigEndian,
  { ...plain, uid: '1.2.840.10008.1.2.1.99', name: 'Deflated Explicit VR Little Endian', deflated: true },
  encapsulated('1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'native'),
  encapsulated('5', 'RLE Lossless', 'rle'),
  encapsulated('4.50', 'JPEG Baseline (Process 1)', 'jpeg-baseline'),
  encapsulated('4.51', 'JPEG Extended (Process 2 and 4)', 'jpeg-extended'),
  encapsulated('4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'jpeg-lossless'),
  encapsulated('4.70', 'JPEG Lossless, First-Order Prediction (Process 14, SV 1)', 'jpeg-lossless'),
  encapsulated('4.80', 'JPEG-LS Lossless', 'jpeg-ls'),
  encapsulated('4.81', 'JPEG-LS Near-Lossless', 'jpeg-ls'),
  encapsulated('4.90', 'JPEG 2000 Lossless', 'jpeg-2000'),
  encapsulated('4.91', 'JPEG 2000', 'jpeg-2000'),
  encapsulated('4.201', 'High-Throughput JPEG 2000 Lossless', 'htj2k'),
  encapsulated('4.202', 'High-Throughput JPEG 2000 with RPCL Lossless', 'htj2k'),
  encapsulated('4.203', 'High-Throughput JPEG 2000', 'htj2k'),
];

const byUid = new Map(transferSyntaxes.map((syntax) => [syntax.uid, syntax]));

/** @throws DicomError `dicom/unsupported` when the UID is none of `transferSyntaxes`. */
export function transferSyntax(uid: string): TransferSyntax {
  const found = byUid.get(uid);
  if (found === undefined) {
    throw new DicomError({
      code: 'dicom/unsupported',
      attribute: 'TransferSyntaxUID',
      reason: `${JSON.stringify(uid.slice(0, 64))} is not a supported transfer syntax`,
      remedy: 'convert the file to Explicit VR Little Endian, e.g. with dcmconv or gdcmconv --raw',
    });
  }
  return found;
}
