import { close, open } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { IchorError, messageOf, printableLine } from '@ichor/files';
import { fromFdPromise, getFileNameLowLevel, validateFileName, type Entry, type ZipFile } from 'yauzl';
import { isDicomdirName } from './dicomdir.js';
import { defaultArchiveLimits, type ArchiveLimits } from './limits.js';
import { shownPath, type Path } from './path.js';
import type { Found, Source } from './source.js';

/** An open archive: its sources can be read until `close`. */
export interface Archive {
  readonly found: readonly Found[];
  close(): void;
}

/**
 * Lists a zip archive. Nothing is unpacked to disk: entries are read into memory one at a time, after their stated
 * sizes have been checked against the limits, and unpacking stops where an entry is larger than it said, or where no
 * more of it was requested.
 *
 * Entries that are encrypted, absurdly compressed or named outside the archive are left out with a reason.
 *
 * @throws IchorError `intake/bad-zip` when it is not a zip, has too many entries, or entries that share bytes
 * @throws the reason of `signal`, which is checked between two entries
 */
export async function openZip(
  path: Path,
  limits: Partial<ArchiveLimits> = {},
  signal?: AbortSignal,
): Promise<Archive> {
  const limit = { ...defaultArchiveLimits, ...limits };
  const name = shownPath(path);
  const zip = await openArchive(path);
  try {
    if (zip.entryCount > limit.entries) {
      throw badZip(name, `${zip.entryCount} entries are more than the limit of ${limit.entries}`);
    }
    return { found: await listEntries(zip, name, limit, signal), close: () => zip.close() };
  } catch (cause) {
    zip.close();
    signal?.throwIfAborted();
    throw cause instanceof IchorError ? cause : badZip(name, cause);
  }
}

async function openArchive(path: Path): Promise<ZipFile> {
  const file = await promisify(open)(path, 'r');
  try {
    return await fromFdPromise(file, { autoClose: false, lazyEntries: true, decodeStrings: false });
  } catch (cause) {
    await promisify(close)(file);
    throw badZip(shownPath(path), cause);
  }
}

async function listEntries(
  zip: ZipFile,
  path: string,
  limit: ArchiveLimits,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  const found: Found[] = [];
  const places = new Places(path);
  let total = 0;
  for await (const entry of readable(zip.eachEntry(), path, found)) {
    signal?.throwIfAborted();
    places.take(entry);
    const inside = nameOf(entry);
    const name = `${path}: ${printableLine(inside)}`;
    if (inside.endsWith('/') || isAside(inside)) continue;
    const reason =
      objection(entry, inside, limit) ??
      (total + entry.uncompressedSize > limit.totalBytes ? totalReason(limit) : undefined);
    if (reason !== undefined) {
      found.push({ leftOut: { name, reason } });
      continue;
    }
    total += entry.uncompressedSize;
    found.push({ source: entrySource(zip, entry, name) });
  }
  places.check();
  return found;
}

/** The entries up to a damaged place of the directory, which is named among those found. */
async function* readable(
  entries: AsyncIterableIterator<Entry>,
  path: string,
  found: Found[],
): AsyncGenerator<Entry> {
  for (;;) {
    let next: IteratorResult<Entry>;
    try {
      next = await entries.next();
    } catch (cause) {
      found.push({ leftOut: { name: path, reason: badZip(path, cause).reason } });
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}

/** A local header without its name (APPNOTE 4.3.7). */
const localHeader = 30;

/**
 * The bytes of the archive that entries take. In an honest archive no byte belongs to two of them; archives of a few
 * kilobytes that unpack to terabytes are made of entries that share one body.
 */
class Places {
  readonly #archive: string;
  readonly #spans: { readonly from: number; readonly to: number }[] = [];
  #inOrder = true;

  constructor(archive: string) {
    this.#archive = archive;
  }

  /** @throws IchorError `intake/bad-zip` when the entry begins inside the one before it */
  take({ relativeOffsetOfLocalHeader: from, compressedSize, fileNameLength }: Entry): void {
    const last = this.#spans.at(-1);
    const span = { from, to: from + localHeader + fileNameLength + compressedSize };
    if (last && from >= last.from && from < last.to) this.#refuse();
    if (last && from < last.from) this.#inOrder = false;
    this.#spans.push(span);
  }

  /** @throws IchorError `intake/bad-zip` when any two entries overlap, whatever the order of the directory */
  check(): void {
    if (this.#inOrder) return;
    let reached = 0;
    for (const { from, to } of this.#spans.sort((a, b) => a.from - b.from)) {
      if (from < reached) this.#refuse();
      reached = to;
    }
  }

  #refuse(): never {
    throw badZip(this.#archive, 'its entries overlap, as in archives made to exhaust memory');
  }
}

/**
 * As in folders: hidden files and files that macOS adds are not images, and the files have more information
 * than a DICOMDIR.
 */
function isAside(name: string): boolean {
  const parts = name.split('/');
  return parts.some((part) => part === '__MACOSX' || /^\.[^./]/.test(part)) || isDicomdirName(name);
}

const totalReason = (limit: ArchiveLimits) =>
  `with it the archive unpacks to more than the limit of ${limit.totalBytes} bytes`;

/** Names are decoded here, not by yauzl, which would give up the whole archive for one bad name. */
function nameOf(entry: Entry): string {
  return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
}

const stored = 0;
const deflated = 8;

function objection(entry: Entry, name: string, limit: ArchiveLimits): string | undefined {
  const { uncompressedSize, compressedSize, compressionMethod } = entry;
  const badName = validateFileName(name);
  if (badName !== null && badName !== undefined)
    return `its name leads outside the archive (${printableLine(badName)})`;
  if (entry.isEncrypted()) return 'it is encrypted; unpack the archive with its password first';
  if (compressionMethod !== stored && compressionMethod !== deflated) {
    return `it is compressed by method ${compressionMethod}, which is not read; unpack the archive and give the folder`;
  }
  if (uncompressedSize > limit.entryBytes) {
    return `it unpacks to ${uncompressedSize} bytes, more than the limit of ${limit.entryBytes}`;
  }
  if (
    uncompressedSize > limit.ratioFromBytes &&
    uncompressedSize > limit.ratio * Math.max(compressedSize, 1)
  ) {
    return `it unpacks to ${limit.ratio} times its size or more, as in archives made to exhaust memory`;
  }
  return undefined;
}

function entrySource(zip: ZipFile, entry: Entry, name: string): Source {
  const { uncompressedSize: size } = entry;
  const read = async () => {
    const bytes = await inflate(zip, entry, name, size);
    if (crc32(bytes) !== entry.crc32) throw badZip(name, 'its checksum is wrong');
    return bytes;
  };
  const first = (length: number) => (length < size ? inflate(zip, entry, name, length) : read());
  return { name, size, first, read };
}

/** The first `length` bytes of an entry; of a whole one, yauzl tells when it is longer or shorter than it said. */
async function inflate(zip: ZipFile, entry: Entry, name: string, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      filled += (chunk as Buffer).copy(bytes, filled);
      if (filled === length && length < entry.uncompressedSize) break;
    }
  } catch (cause) {
    throw badZip(name, cause);
  }
  if (filled < length) throw badZip(name, 'it ends too early');
  return bytes;
}

function badZip(file: string, cause: unknown): IchorError {
  const reason = messageOf(cause);
  return new IchorError({
    code: 'intake/bad-zip',
    file,
    reason: `cannot be read as a zip archive: ${reason}`,
    remedy: 'make or download the archive again, or unpack it and give the folder',
    ...(cause instanceof Error ? { cause } : {}),
  });
}
