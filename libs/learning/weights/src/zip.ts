import { crc32 } from 'node:zlib';
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

/** 10,000 tensors take about 1 MB of directory. */
const LARGEST_DIRECTORY = 64 * 1024 * 1024;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const UNSET_16 = 0xffff;
const UNSET_32 = 0xffffffff;

/**
 * Reads the directory of a zip archive whose entries are stored, as PyTorch writes them; nothing is extracted.
 *
 * Compressed or encrypted entries, absolute names, `..` and doubled names are refused.
 *
 * @throws WeightsError `weights/zip`, `weights/compressed-entry`, `weights/truncated`
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.7 to 4.3.16
 */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const fail = (reason: string, code: WeightsErrorCode = 'weights/zip') =>
    new WeightsError({ code, file: source.name, reason, remedy: 'save it again with torch.save' });

  const { entryCount, directorySize, directoryOffset } = await findDirectory(source, fail);
  if (directorySize > LARGEST_DIRECTORY || entryCount * 46 > directorySize) {
    throw fail(`a directory of ${entryCount} entries in ${directorySize} bytes`);
  }
  const bytes = await readBytes(source, directoryOffset, directorySize);
  const view = new DataView(bytes.buffer);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < entryCount; i++) {
    if (at + 46 > directorySize || view.getUint32(at, true) !== 0x02014b50) {
      throw fail(`directory entry ${i} is damaged`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > directorySize) throw fail(`directory entry ${i} is damaged`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (!isPlainName(name) || entries.has(name)) throw fail(`the entry name ${JSON.stringify(name)}`);
    if (view.getUint16(at + 8, true) & 1) throw fail(`${name} is encrypted`);
    const method = view.getUint16(at + 10, true);
    const fields = wideFields(view, at, at + 46 + nameLength, extraLength);
    if (method !== 0 || fields.compressed !== fields.size) {
      throw fail(
        `${name} is compressed (method ${method}, ${fields.compressed} of ${fields.size} bytes)`,
        'weights/compressed-entry',
      );
    }
    if (fields.headerOffset + 30 + fields.size > source.size) throw fail(`${name} reaches beyond the file`);
    const { size, headerOffset } = fields;
    entries.set(name, { name, size, crc: view.getUint32(at + 16, true), headerOffset });
    at = next;
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
      reason: `${entry.name} has no local header where the directory says`,
    });
  }
  const start = entry.headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const bytes = await readBytes(source, start, entry.size);
  if (crc32(bytes) !== entry.crc) {
    throw new WeightsError({
      code: 'weights/checksum',
      file: source.name,
      reason: `${entry.name} does not have the checksum noted in the archive`,
      remedy: 'the file is damaged; fetch it again',
    });
  }
  return bytes;
}

type Fail = (reason: string) => WeightsError;

interface Directory {
  readonly entryCount: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
}

async function findDirectory(source: ByteSource, fail: Fail): Promise<Directory> {
  const tailSize = Math.min(source.size, END_BYTES + LONGEST_COMMENT);
  const tailOffset = source.size - tailSize;
  const tail = new DataView((await readBytes(source, tailOffset, tailSize)).buffer);
  let end = tailSize - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw fail('the zip archive has no end record; the file is incomplete');
  const directory = {
    entryCount: tail.getUint16(end + 10, true),
    directorySize: tail.getUint32(end + 12, true),
    directoryOffset: tail.getUint32(end + 16, true),
  };
  const isWide =
    directory.entryCount === UNSET_16 ||
    directory.directorySize === UNSET_32 ||
    directory.directoryOffset === UNSET_32;
  if (!isWide) return directory;
  if (end < 20 || tail.getUint32(end - 20, true) !== 0x07064b50) throw fail('the zip64 locator is missing');
  const record = new DataView(
    (await readBytes(source, Number(tail.getBigUint64(end - 12, true)), 56)).buffer,
  );
  if (record.getUint32(0, true) !== 0x06064b50) throw fail('the zip64 end record is missing');
  return {
    entryCount: Number(record.getBigUint64(32, true)),
    directorySize: Number(record.getBigUint64(40, true)),
    directoryOffset: Number(record.getBigUint64(48, true)),
  };
}

/** Sizes and offset of a directory entry, from its zip64 extra field where the short ones are full. */
function wideFields(view: DataView, at: number, extraStart: number, extraLength: number) {
  let size = view.getUint32(at + 24, true);
  let compressed = view.getUint32(at + 20, true);
  let headerOffset = view.getUint32(at + 42, true);
  const extraEnd = extraStart + extraLength;
  for (let field = extraStart; field + 4 <= extraEnd;) {
    const fieldEnd = field + 4 + view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === 1 && fieldEnd <= extraEnd) {
      let next = field + 4;
      const take = (short: number) => {
        if (short !== UNSET_32 || next + 8 > fieldEnd) return short;
        next += 8;
        return Number(view.getBigUint64(next - 8, true));
      };
      size = take(size);
      compressed = take(compressed);
      headerOffset = take(headerOffset);
    }
    field = fieldEnd;
  }
  return { size, compressed, headerOffset };
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
