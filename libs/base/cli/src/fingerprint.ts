import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { isNotThere, listFolder, notReadable } from '@ichor/files';

/** What is known of a folder without opening a file. */
export interface FolderFingerprint {
  readonly files: number;
  /** Hash of all names, sizes and mtimes. A copy that keeps the times has the same hash. */
  readonly look: string;
  /**
   * The same with ctime, which no program can set. It also differs if a file was rewritten and given its old
   * time, and after a move, a copy or a change of rights, which leave the content as it is.
   */
  readonly strict: string;
}

/** Number of files examined before timers and signals are handled. */
const AT_ONCE = 512;

/**
 * Identity of an image folder without opening an image: name, size and times of every file. Hundreds of thousands of
 * files take seconds on a local disk. A missing folder counts as a folder without files.
 *
 * @throws IchorError `files/not-readable` when the folder or a file of it cannot be looked at
 */
export async function fingerprintFolder(folder: string): Promise<FolderFingerprint> {
  const names = ((await listFolder(folder)) ?? []).sort();
  const look = createHash('sha256');
  const strict = createHash('sha256');
  for (let at = 0; at < names.length; at += AT_ONCE) {
    for (const name of names.slice(at, at + AT_ONCE)) {
      const { size, mtimeMs, ctimeMs } = lookAt(join(folder, name));
      // Copies keep the time to the millisecond at best.
      look.update(`${name}\0${size}\0${Math.floor(mtimeMs)}\n`);
      strict.update(`${name}\0${size}\0${mtimeMs}\0${ctimeMs}\n`);
    }
    await setImmediate();
  }
  const short = (digest: typeof look) => digest.digest('hex').slice(0, 24);
  return { files: names.length, look: short(look), strict: short(strict) };
}

// Synchronous: this takes a quarter of the time for hundreds of thousands of files.
function lookAt(path: string): {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
} {
  try {
    return statSync(path);
  } catch (cause) {
    // Removed since the folder was listed, or a link to nothing.
    if (isNotThere(cause)) return { size: -1, mtimeMs: 0, ctimeMs: 0 };
    throw notReadable(path, 'read', cause);
  }
}

/**
 * SHA-256 of the content, or `missing`.
 *
 * @throws IchorError `files/not-readable`
 */
export async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  } catch (error) {
    if (isNotThere(error)) return 'missing';
    throw notReadable(path, 'read', error);
  }
  return digest.digest('hex');
}

/**
 * One short string that changes when the data set does: files by content, folders by names, sizes and all times.
 *
 * @throws IchorError `files/not-readable`
 */
export async function fingerprintData(data: {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}): Promise<string> {
  const digest = createHash('sha256');
  for (const file of data.files) digest.update(`${await hashFile(file)}\n`);
  for (const folder of data.folders) digest.update(`${JSON.stringify(await fingerprintFolder(folder))}\n`);
  return digest.digest('hex').slice(0, 24);
}
