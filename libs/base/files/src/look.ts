import { statSync, type Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { isNotThere, notReadable } from './system-error.js';

/**
 * Names in a folder, in no particular order.
 *
 * @returns undefined when the folder is not there
 * @throws IchorError `files/not-readable` for any other failure (no rights, a disk that is gone): such a folder is not
 *   empty; its content is unknown
 */
export async function listFolder(path: string): Promise<string[] | undefined> {
  return ifThere(path, 'listed', () => readdir(path));
}

/** The same, with the type of each entry. */
export async function listEntries(path: string): Promise<Dirent[] | undefined> {
  return ifThere(path, 'listed', () => readdir(path, { withFileTypes: true }));
}

/**
 * The text of a file.
 *
 * @returns undefined when the file is not there
 * @throws IchorError `files/not-readable` for any other failure
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  return ifThere(path, 'read', () => readFile(path, 'utf8'));
}

/**
 * Whether a path is there. `existsSync` also returns false without permission.
 *
 * @throws IchorError `files/not-readable`
 */
export async function isThere(path: string): Promise<boolean> {
  return (await ifThere(path, 'read', () => stat(path))) !== undefined;
}

/** Synchronous form of {@link isThere}. */
export function isThereSync(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw notReadable(path, 'read', cause);
  }
}

async function ifThere<T>(
  path: string,
  what: 'read' | 'listed',
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (cause) {
    if (isNotThere(cause)) return undefined;
    throw notReadable(path, what, cause);
  }
}
