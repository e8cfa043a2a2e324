import { rawTable, readMetadata, TableError } from '@ichor/tables';
import { z } from 'zod';
import { CONTENT_KEY, SOURCE_KEY, UNREADABLE_KEY } from './journal.js';

const schema = z.array(z.object({ id: z.string(), code: z.string(), reason: z.string() }));

/** A file that could not be read. */
export interface Unreadable {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

/** The notes of a finished chunk or raw table about the files that it was made of. */
export interface ReadOutcome {
  /** Files that could not be read. */
  readonly unreadable: readonly Unreadable[];
  /** Fingerprint of the bytes of the others. */
  readonly content: string;
}

/**
 * The outcome that a chunk or raw table notes; undefined when it is not there, is no such table, or was made of
 * another source.
 *
 * @throws TableError `tables/not-readable`
 */
export async function readOutcome(path: string, source?: string): Promise<ReadOutcome | undefined> {
  let metadata: ReadonlyMap<string, string>;
  try {
    metadata = await readMetadata(path, rawTable);
  } catch (error) {
    if (error instanceof TableError && error.code !== 'tables/not-readable') return undefined;
    throw error;
  }
  if (source !== undefined && metadata.get(SOURCE_KEY) !== source) return undefined;
  const content = metadata.get(CONTENT_KEY);
  const listed = schema.safeParse(JSON.parse(metadata.get(UNREADABLE_KEY) ?? '[]'));
  return listed.success && content !== undefined ? { unreadable: listed.data, content } : undefined;
}
