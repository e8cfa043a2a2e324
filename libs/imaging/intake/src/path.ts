import { isUtf8 } from 'node:buffer';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { printableLine, systemCode } from '@ichor/files';

/** A path on disk. On Linux a name is any bytes: a Buffer where they are not UTF-8, as names of old media are not. */
export type Path = string | Buffer;

const slash = 0x2f;

/** A name in a folder. */
export function pathIn(folder: Path, name: Buffer): Path {
  if (typeof folder === 'string' && isUtf8(name)) return join(folder, name.toString());
  const bytes = bytesOf(folder);
  const end = bytes.at(-1) === slash ? bytes.length - 1 : bytes.length;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(sep), name]);
}

/** The path for messages: invisible characters as `\u001b`, bytes of names that are not UTF-8 as `\xe9`. */
export function shownPath(path: Path): string {
  if (typeof path === 'string') return printableLine(path);
  const parts: string[] = [];
  for (let from = 0; from <= path.length;) {
    const end = path.indexOf('/', from);
    const part = path.subarray(from, end < 0 ? path.length : end);
    parts.push(
      isUtf8(part)
        ? printableLine(part.toString())
        : part.toString('latin1').replace(/[^\x20-\x7e]/g, asByte),
    );
    if (end < 0) break;
    from = end + 1;
  }
  return parts.join('/');
}

/**
 * The paths that a command-line argument may mean. Node decodes arguments as UTF-8, and bytes that are none arrive as
 * U+FFFD: such an argument means every path that is decoded to it.
 */
export async function givenPaths(given: string): Promise<readonly Path[]> {
  if (!given.includes('\ufffd') || (await isThere(given))) return [given];
  const found: Path[] = [];
  const parent = dirname(given);
  for (const folder of parent === given ? [parent] : await givenPaths(parent)) {
    const names = await readdir(folder, { encoding: 'buffer' }).catch((cause: unknown) => {
      // The walk reports the error when it visits the path itself.
      if (systemCode(cause) !== '') return [];
      throw cause;
    });
    for (const name of names) if (name.toString() === basename(given)) found.push(pathIn(folder, name));
  }
  return found.length > 0 ? found : [given];
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function asByte(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function bytesOf(path: Path): Buffer {
  return typeof path === 'string' ? Buffer.from(path) : path;
}
