import { readTextFile, writeFileAtomic } from '@ichor/files';
import { z } from 'zod';
import { ExperimentError } from '../error.js';

/** @throws IchorError `files/not-writable` */
export async function writeJsonFile(path: string, content: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(content, null, 1)}\n`);
}

/**
 * Reads a JSON file that a run wrote about itself.
 *
 * @param what the file is, for messages
 * @returns undefined when there is none
 * @throws ExperimentError `experiment/damaged`; IchorError `files/not-readable`
 */
export async function readJsonFile<S extends z.ZodType>(
  path: string,
  schema: S,
  what: string,
): Promise<z.output<S> | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ExperimentError({
      code: 'experiment/damaged',
      file: path,
      reason: `is not a valid ${what}: ${cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)}`,
      remedy: 'restore a copy, or restart this fold with --fresh',
      cause,
    });
  }
}
