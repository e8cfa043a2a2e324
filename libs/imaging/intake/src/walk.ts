import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { IchorError } from '@ichor/files';
import { filesOfDicomdir } from './dicomdir.js';
import type { ArchiveLimits } from './limits.js';
import type { Found } from './source.js';
import { openZip, type Archive } from './zip.js';

export interface WalkOptions {
  readonly archiveLimits?: Partial<ArchiveLimits>;
}

/** Everything under some paths; archives stay open until `close`. */
export interface Walk {
  readonly found: AsyncGenerator<Found>;
  close(): void;
}

/**
 * Walks files, folders, zip archives and DICOMDIRs, in the order of their names.
 *
 * A folder with a DICOMDIR is walked as a folder: media directories are often wrong, files are not. A DICOMDIR that is
 * given itself is followed. Symbolic links are followed once; hidden files are skipped. What cannot be read is told as
 * left out, and the walk goes on.
 */
export function walk(paths: readonly string[], options: WalkOptions = {}): Walk {
  const archives: Archive[] = [];
  const seen = new Set<string>();

  async function* visit(path: string, given: boolean): AsyncGenerator<Found> {
    const resolved = await realpath(path);
    if (seen.has(resolved)) return;
    seen.add(resolved);
    const status = await stat(resolved);
    if (status.isDirectory()) {
      const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
      for (const name of names) yield* careful(join(path, name), false);
    } else if (!status.isFile()) {
      yield { leftOut: { name: path, reason: 'it is neither a file nor a folder' } };
    } else if (await isZip(path)) {
      const archive = await openZip(path, options.archiveLimits);
      archives.push(archive);
      yield* archive.found;
    } else if (basename(path).toUpperCase() === 'DICOMDIR') {
      if (!given) return;
      for (const file of await filesOfDicomdir(path, await readFile(path))) yield* careful(file, false);
    } else {
      yield { source: { name: path, onDisk: true, size: status.size, read: () => readFile(path) } };
    }
  }

  async function* careful(path: string, given: boolean): AsyncGenerator<Found> {
    try {
      yield* visit(path, given);
    } catch (cause) {
      yield { leftOut: { name: path, reason: explain(cause) } };
    }
  }

  async function* all(): AsyncGenerator<Found> {
    for (const path of paths) yield* careful(path, true);
  }

  return {
    found: all(),
    close: () => archives.forEach((archive) => archive.close()),
  };
}

/** A local file header or, for an empty archive, the end of the directory. */
async function isZip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, 4, 0);
    return bytesRead === 4 && (head.equals(localHeader) || head.equals(endOfDirectory));
  } finally {
    await file.close();
  }
}

const localHeader = Buffer.from('PK\x03\x04', 'latin1');
const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');

/** Without the name of the file, which stands beside it. */
export function explain(cause: unknown): string {
  if (cause instanceof IchorError)
    return cause.remedy === undefined ? cause.reason : `${cause.reason} (${cause.remedy})`;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES') return 'it may not be read by this user';
  return cause instanceof Error ? cause.message : String(cause);
}
