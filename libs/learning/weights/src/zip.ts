import { messageOf } from '@ichor/files/error';
import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry } from 'yauzl';
import { readBytes, type ByteSource } from './byte-source.js';
import { WeightsError, type WeightsErrorCode } from './error.js';

/** A stored (not compressed) file inside a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** CRC-32 as noted in the archive. */
  readonly crc: number;
  /** Where its local header starts. */
  readonly headerOffset: number;
}

/** More than the tensors of any network. */
const MOST_ENTRIES = 1 << 20;

/**
 * Reads the directory of a zip archive whose entries are stored, as PyTorch writes them; nothing is extracted.
 *
 * Compressed or encrypted entries, absolute names, `..` and doubled names are refused.
 *
 * @throws WeightsError `weights/zip`, `weights/compressed-entry`, `weights/truncated`
 */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const fail: Fail = (reason, code = 'weights/zip') =>
    new WeightsError({ code, file: source.name, reason, remedy: 'save it again with torch.save' });
  const entries = new Map<string, ZipEntry>();
  try {
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      autoClose: false,
      lazyEntries: true,
      decodeStrings: false,
      validateEntrySizes: false,
    });
    if (zip.entryCount > MOST_ENTRIES) throw fail(`a directory of ${zip.entryCount} entries`);
    for await (const found of zip.eachEntry()) {
      const entry = storedEntry(found, source.size, fail);
      if (entries.has(entry.name)) throw fail(`the entry name ${JSON.stringify(entry.name)} twice`);
      entries.set(entry.name, entry);
    }
  } catch (cause) {
    throw cause instanceof WeightsError ? cause : fail(messageOf(cause));
  }
  refuseOverlaps([...entries.values()], fail);
  return entries;
}

/**
 * The bytes of one entry, their checksum compared.
 *
 * @throws WeightsError `weights/checksum`, `weights/zip`
 */
export async function readZipEntry(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  const header = await readBytes(source, entry.headerOffset, 30);
  const view = new DataView(header.buffer);
  if (view.getUint32(0, true) !== 0x04034b50 || view.getUint16(8, true) !== 0) {
    throw new WeightsError({
      code: 'weights/zip',
      file: source.name,
      reason: `${entry.name} has no local header at the offset in the directory`,
    });
  }
  const start = entry.headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const bytes = await readBytes(source, start, entry.size);
  if (crc32(bytes) !== entry.crc) {
    throw new WeightsError({
      code: 'weights/checksum',
      file: source.name,
      reason: `${entry.name} does not have the checksum stored in the archive`,
      remedy: 'the file is damaged; download it again',
    });
  }
  return bytes;
}

type Fail = (reason: string, code?: WeightsErrorCode) => WeightsError;

/** Lets yauzl read a source by position. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#source
      .readInto(position, buffer.subarray(offset, offset + length))
      .then(() => callback(null), callback);
  }
}

function storedEntry(entry: Entry, archiveSize: number, fail: Fail): ZipEntry {
  const name = new TextDecoder().decode(entry.fileNameRaw);
  const {
    uncompressedSize: size,
    compressedSize,
    compressionMethod,
    relativeOffsetOfLocalHeader: headerOffset,
  } = entry;
  if (!isPlainName(name)) throw fail(`the entry name ${JSON.stringify(name)}`);
  if (entry.isEncrypted()) throw fail(`${name} is encrypted`);
  if (compressionMethod !== 0 || compressedSize !== size) {
    throw fail(
      `${name} is compressed (method ${compressionMethod}, ${compressedSize} of ${size} bytes)`,
      'weights/compressed-entry',
    );
  }
  if (headerOffset + 30 + size > archiveSize) throw fail(`${name} reaches beyond the file`);
  return { name, size, crc: entry.crc32, headerOffset };
}

function isPlainName(name: string): boolean {
  if (name === '' || name.startsWith('/') || /[\\\0:]/.test(name)) return false;
  return name.split('/').every((part) => part !== '..' && part !== '.');
}

function refuseOverlaps(entries: readonly ZipEntry[], fail: Fail): void {
  let reached = 0;
  let before = '';
  for (const { name, size, headerOffset } of [...entries].sort((a, b) => a.headerOffset - b.headerOffset)) {
    if (headerOffset < reached) throw fail(`${name} overlaps ${before}`);
    reached = headerOffset + 30 + size;
    before = name;
  }
}
