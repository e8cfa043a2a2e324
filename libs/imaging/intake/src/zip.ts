import { crc32 } from 'node:zlib';
import { IchorError } from '@ichor/files';
import { getFileNameLowLevel, openPromise, validateFileName, type Entry, type ZipFile } from 'yauzl';
import { defaultArchiveLimits, type ArchiveLimits } from './limits.js';
import type { Found, Source } from './source.js';

/** An open archive: its sources can be read until `close`. */
export interface Archive {
  readonly found: readonly Found[];
  close(): void;
}

/**
 * Lists a zip archive. Nothing is unpacked to disk: entries are read into memory one at a time, after their stated
 * sizes have been checked against the limits, and unpacking stops where an entry is larger than it said.
 *
 * Entries that are encrypted, absurdly compressed or named outside the archive are left out with a reason.
 *
 * @throws IchorError `intake/bad-zip` when it is no zip or has too many entries
 */
export async function openZip(path: string, limits: Partial<ArchiveLimits> = {}): Promise<Archive> {
  const limit = { ...defaultArchiveLimits, ...limits };
  let zip: ZipFile;
  try {
    zip = await openPromise(path, { autoClose: false, lazyEntries: true, decodeStrings: false });
  } catch (cause) {
    throw badZip(path, cause);
  }
  try {
    if (zip.entryCount > limit.entries) {
      throw badZip(path, `${zip.entryCount} entries are more than the limit of ${limit.entries}`);
    }
    return { found: await listEntries(zip, path, limit), close: () => zip.close() };
  } catch (cause) {
    zip.close();
    throw cause instanceof IchorError ? cause : badZip(path, cause);
  }
}

async function listEntries(zip: ZipFile, path: string, limit: ArchiveLimits): Promise<Found[]> {
  const found: Found[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const inside = nameOf(entry);
    const name = `${path}: ${inside}`;
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
  return found;
}

/** As in folders: hidden files and what macOS adds are no images, and the files themselves say more than a DICOMDIR. */
function isAside(name: string): boolean {
  const parts = name.split('/');
  return (
    parts.some((part) => part === '__MACOSX' || /^\.[^./]/.test(part)) ||
    parts.at(-1)?.toUpperCase() === 'DICOMDIR'
  );
}

const totalReason = (limit: ArchiveLimits) =>
  `with it the archive unpacks to more than the limit of ${limit.totalBytes} bytes`;

/** Names are decoded here, not by yauzl, which would give up the whole archive for one bad name. */
function nameOf(entry: Entry): string {
  return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
}

function objection(entry: Entry, name: string, limit: ArchiveLimits): string | undefined {
  const badName = validateFileName(name);
  if (badName !== null && badName !== undefined) return `its name leads outside the archive (${badName})`;
  if (entry.isEncrypted()) return 'it is encrypted; unpack the archive with its password first';
  if (entry.uncompressedSize > limit.entryBytes) {
    return `it unpacks to ${entry.uncompressedSize} bytes, more than the limit of ${limit.entryBytes}`;
  }
  if (entry.uncompressedSize > limit.ratio * Math.max(entry.compressedSize, 1)) {
    return `it unpacks to ${limit.ratio} times its size or more, as archives made to exhaust memory do`;
  }
  return undefined;
}

function entrySource(zip: ZipFile, entry: Entry, name: string): Source {
  return {
    name,
    onDisk: false,
    size: entry.uncompressedSize,
    async read() {
      const bytes = Buffer.allocUnsafeSlow(entry.uncompressedSize);
      let filled = 0;
      try {
        // yauzl ends the stream with an error where the entry is longer or shorter than it said.
        for await (const chunk of await zip.openReadStreamPromise(entry)) {
          filled += (chunk as Buffer).copy(bytes, filled);
        }
      } catch (cause) {
        throw badZip(name, cause);
      }
      if (crc32(bytes) !== entry.crc32) throw badZip(name, 'its checksum is wrong');
      return bytes;
    },
  };
}

function badZip(file: string, cause: unknown): IchorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IchorError({
    code: 'intake/bad-zip',
    file,
    reason: `cannot be read as a zip archive: ${reason}`,
    remedy: 'make or download the archive again, or unpack it and give the folder',
    ...(cause instanceof Error ? { cause } : {}),
  });
}
