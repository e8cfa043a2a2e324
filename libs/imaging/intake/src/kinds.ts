import type { Source } from './source.js';

/** Enough for every magic number but that of a disc image. */
const firstBytes = 512;
/** Where ISO 9660 has its volume descriptor: sector 16 of 2048 bytes, after its type. */
const isoDescriptor = 16 * 2048 + 1;

const unpack = 'unpack it and give the folder';

/** Other files than DICOM: magic number and its offset, kind, remedy. */
const kinds: readonly [magic: string, at: number, kind: string, remedy?: string][] = [
  ['PK\x03\x04', 0, 'it is a zip archive', 'unpack the archive that it is in, and give it'],
  ['PK\x05\x06', 0, 'it is an empty zip archive'],
  ['\x1f\x8b', 0, 'it is compressed by gzip (.gz, .tar.gz)', unpack],
  ['ustar', 257, 'it is a tar archive', unpack],
  ['BZh', 0, 'it is compressed by bzip2', unpack],
  ['\xfd7zXZ\0', 0, 'it is compressed by xz', unpack],
  ['\x28\xb5\x2f\xfd', 0, 'it is compressed by zstd', unpack],
  ['7z\xbc\xaf\x27\x1c', 0, 'it is a 7z archive', unpack],
  ['Rar!', 0, 'it is a RAR archive', unpack],
  ['CD001', isoDescriptor, 'it is an image of a disc (ISO 9660)', 'mount it, and give its folder'],
  ['n+1\0', 344, 'it is NIfTI, not DICOM', 'give the DICOM files that it was made of'],
  ['NRRD', 0, 'it is NRRD, not DICOM', 'give the DICOM files that it was made of'],
  ['%PDF', 0, 'it is a PDF'],
  ['\x89PNG', 0, 'it is a PNG picture without Hounsfield units', 'give the DICOM files'],
  ['\xff\xd8\xff', 0, 'it is a JPEG picture without Hounsfield units', 'give the DICOM files'],
];

/**
 * The kind of a file that is not DICOM; undefined when it is unknown.
 *
 * @throws IchorError when it cannot be read
 */
export async function kindOf(source: Pick<Source, 'first' | 'size'>): Promise<string | undefined> {
  const last = isoDescriptor + 5;
  const bytes = Buffer.from(await source.first(source.size > last ? last : firstBytes));
  for (const [magic, at, kind, remedy] of kinds) {
    if (bytes.toString('latin1', at, at + magic.length) === magic)
      return remedy === undefined ? kind : `${kind} (${remedy})`;
  }
  return undefined;
}
