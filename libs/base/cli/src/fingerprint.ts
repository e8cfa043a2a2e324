import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fnv1a } from '@ichor/files/random';

export interface FolderFingerprint {
  readonly files: number;
  /** Of all names, independent of their order. */
  readonly names: string;
  /** Sizes and modification times of a fixed sample of the files. */
  readonly sample: string;
}

/** So many files of a folder are looked at; the same ones every time. */
const SAMPLE = 256;

/**
 * Identity of an image folder without opening an image: how many files, which names, and size and time of a
 * sample of 256. Hundreds of thousands of files take about a second. A file of the sample that is rewritten
 * changes it; any other one only by name, so touch the folder's CSV (or clear the cache) after editing images.
 */
export async function fingerprintFolder(folder: string): Promise<FolderFingerprint> {
  const names = await readdir(folder).catch((): string[] => []);
  let low = 0;
  let high = 0;
  const sample: { hash: number; name: string }[] = [];
  for (const name of names) {
    const hash = fnv1a(name);
    low = (low + hash) >>> 0;
    high = (high ^ Math.imul(hash, 0x9e3779b1)) >>> 0;
    // The names with the smallest hashes: a fixed choice, whatever the order of the folder.
    if (sample.length < SAMPLE || hash < sample[0]!.hash) {
      sample.push({ hash, name });
      sample.sort((a, b) => b.hash - a.hash);
      if (sample.length > SAMPLE) sample.shift();
    }
  }
  sample.sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  // All at once: one after the other, they wait for each other's way through the thread pool.
  const entries = await Promise.all(
    sample.map(({ name }) => stat(join(folder, name)).catch(() => undefined)),
  );
  const digest = createHash('sha256');
  for (const [i, { name }] of sample.entries()) {
    const entry = entries[i];
    digest.update(`${name}\0${entry?.size ?? 'gone'}\0${Math.round(entry?.mtimeMs ?? 0)}\n`);
  }
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  return {
    files: names.length,
    names: hex(low) + hex(high),
    sample: digest.digest('hex').slice(0, 16),
  };
}

/** SHA-256 of the content, or `missing`. */
export async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    throw error;
  }
  return digest.digest('hex');
}

/** One short string that changes when the data set does: files by content, folders as told above. */
export async function fingerprintData(data: {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}): Promise<string> {
  const digest = createHash('sha256');
  for (const file of data.files) digest.update(`${await hashFile(file)}\n`);
  for (const folder of data.folders) digest.update(`${JSON.stringify(await fingerprintFolder(folder))}\n`);
  return digest.digest('hex').slice(0, 24);
}
