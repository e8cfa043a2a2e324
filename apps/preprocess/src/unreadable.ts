import { rawTable, readMetadata, TableError } from '@ichor/tables';
import { z } from 'zod';
import { SOURCE_KEY, UNREADABLE_KEY } from './journal.js';
import type { Unreadable } from './messages.js';

const schema = z.array(z.object({ id: z.string(), code: z.string(), reason: z.string() }));

/**
 * The files that a finished chunk or raw table could not read; undefined when the table is not there, is no such
 * table, or was made of another source.
 */
export async function readUnreadable(
  path: string,
  source?: string,
): Promise<readonly Unreadable[] | undefined> {
  let metadata: ReadonlyMap<string, string>;
  try {
    metadata = await readMetadata(path, rawTable);
  } catch (error) {
    if (error instanceof TableError) return undefined;
    throw error;
  }
  if (source !== undefined && metadata.get(SOURCE_KEY) !== source) return undefined;
  const listed = schema.safeParse(JSON.parse(metadata.get(UNREADABLE_KEY) ?? '[]'));
  return listed.success ? listed.data : undefined;
}
