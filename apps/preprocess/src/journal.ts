import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isThereSync, readTextFile, removeTemporaries, writeFileAtomic } from '@ichor/files';

/** Metadata of a chunk and of a raw table: the files that could not be read, as JSON. */
export const UNREADABLE_KEY = 'preprocess.unreadable';
/** Metadata of a chunk and of a raw table: fingerprint of the bytes of the files that were read. */
export const CONTENT_KEY = 'preprocess.content';
/** Metadata of a raw table: what it was made of. */
export const SOURCE_KEY = 'preprocess.source';

/** Raised when the rows of a slice would come out differently. */
const READER_VERSION = 2;
/** Raised when the chunks would be cut or filled differently. */
const CHUNK_VERSION = 3;

/** Slices that are read together. */
export interface Chunk {
  readonly ids: readonly string[];
  readonly path: string;
  /** Written by an earlier run that was stopped. */
  readonly done: boolean;
}

export interface Journal {
  readonly chunks: readonly Chunk[];
  /** Removes the chunks, once they are merged. */
  clear(): Promise<void>;
}

/** A hash of everything that the rows of a set depend on. */
export function sourceKey(parts: {
  readonly ids: readonly string[];
  readonly images: unknown;
  readonly labels: string;
}): string {
  const digest = createHash('sha256').update(JSON.stringify([READER_VERSION, parts.images, parts.labels]));
  for (const id of parts.ids) digest.update(`${id}\n`);
  return digest.digest('hex').slice(0, 32);
}

/**
 * The chunks of a set and which of them are finished. Each chunk is a table of its own that appears when it is
 * complete: those are the journal, and a kill at any moment loses at most the current chunk of each worker.
 *
 * Chunks of another source (files came or went, other settings) are removed.
 */
export async function openJournal(
  folder: string,
  source: string,
  ids: readonly string[],
  chunkSlices: number,
): Promise<Journal> {
  const header = JSON.stringify({ source, chunkSlices, version: CHUNK_VERSION });
  const headerPath = join(folder, 'journal.json');
  if ((await readTextFile(headerPath)) !== header) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFileAtomic(headerPath, header);
  }
  // Half-written files of a killed run.
  await removeTemporaries(folder);
  const chunks = cutChunks(ids, chunkSlices).map((slices, k) => {
    const path = join(folder, `${String(k).padStart(6, '0')}.arrow`);
    return { ids: slices, path, done: isThereSync(path) };
  });
  return { chunks, clear: () => rm(folder, { recursive: true, force: true }) };
}

/** The last chunks are not cut smaller than this: writing one costs as much as reading a few slices. */
const FEWEST_SLICES = 32;

/**
 * Chunks of `most` slices, and smaller ones towards the end, so that the threads finish together. The cuts do not
 * depend on the number of threads: neither do the bytes of the tables.
 */
export function cutChunks(ids: readonly string[], most: number): string[][] {
  const chunks: string[][] = [];
  for (let at = 0; at < ids.length;) {
    const slices = Math.min(most, Math.max(FEWEST_SLICES, Math.ceil((ids.length - at) / 4)));
    chunks.push(ids.slice(at, at + slices));
    at += slices;
  }
  return chunks;
}
