import type { Stats } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { describeSystemError, IchorError, messageOf } from '@ichor/files';
import { filesOfDicomdir, isDicomdirName } from './dicomdir.js';
import { kindOf } from './kinds.js';
import { largestImage, type ArchiveLimits } from './limits.js';
import { givenPaths, pathIn, shownPath, type Path } from './path.js';
import type { Found, Source } from './source.js';
import { openZip, type Archive } from './zip.js';

export interface WalkOptions {
  readonly archiveLimits?: Partial<ArchiveLimits>;
  /** Checked between two files, and between two entries of an archive. */
  readonly signal?: AbortSignal;
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
 * given itself is followed. Symbolic links are followed once; hidden files are skipped. Unreadable inputs are reported as
 * left out, and the walk continues. Pipes and devices are not opened, because that may block forever.
 */
export function walk(paths: readonly string[], options: WalkOptions = {}): Walk {
  const archives: Archive[] = [];
  const seen = new Set<string>();

  async function* visit(path: Path, given: boolean): AsyncGenerator<Found> {
    const resolved = (await realpath(path, { encoding: 'buffer' })).toString('latin1');
    if (seen.has(resolved)) return;
    seen.add(resolved);
    const status = await stat(path);
    if (status.isDirectory()) {
      for (const name of await namesIn(path)) yield* careful(pathIn(path, name), false);
      return;
    }
    if (!status.isFile()) {
      yield { leftOut: { name: shownPath(path), reason: notAFile(status) } };
      return;
    }
    const source = sourceOnDisk(path, status.size);
    if (await isZip(source)) {
      const archive = await openZip(path, options.archiveLimits, options.signal);
      archives.push(archive);
      yield* archive.found;
    } else if (isDicomdirName(shownPath(path))) {
      if (!given) return;
      for (const file of await filesOfDicomdir(path, await source.read())) yield* careful(file, false);
    } else if (source.size > largestImage) {
      const reason = (await kindOf(source)) ?? tooLarge(source.size);
      yield { leftOut: { name: source.name, reason } };
    } else {
      yield { source };
    }
  }

  async function* careful(path: Path, given: boolean): AsyncGenerator<Found> {
    try {
      yield* visit(path, given);
    } catch (cause) {
      options.signal?.throwIfAborted();
      yield { leftOut: { name: shownPath(path), reason: explain(cause) } };
    }
  }

  async function* all(): AsyncGenerator<Found> {
    for (const given of paths) for (const path of await givenPaths(given)) yield* careful(path, true);
  }

  return {
    found: all(),
    close: () => archives.forEach((archive) => archive.close()),
  };
}

/** Without hidden files, in the order of the names as they are shown. */
async function namesIn(folder: Path): Promise<readonly Buffer[]> {
  const names = await readdir(folder, { encoding: 'buffer' });
  return names
    .filter(([first]) => first !== '.'.charCodeAt(0))
    .map((name) => ({ name, shown: name.toString() }))
    .sort((a, b) => (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : Buffer.compare(a.name, b.name)))
    .map(({ name }) => name);
}

function notAFile(status: Stats): string {
  if (status.isFIFO()) return 'it is a named pipe, not a file';
  if (status.isSocket()) return 'it is a socket, not a file';
  if (status.isCharacterDevice() || status.isBlockDevice()) return 'it is a device, not a file';
  return 'it is neither a file nor a folder';
}

function sourceOnDisk(path: Path, size: number): Source {
  return {
    name: shownPath(path),
    size,
    async first(length) {
      const file = await open(path, 'r');
      try {
        const bytes = Buffer.allocUnsafe(Math.min(length, size));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    async read() {
      if (size > largestImage) {
        throw new IchorError({
          code: 'intake/too-large',
          file: shownPath(path),
          reason: tooLarge(size),
          remedy: 'give only the images',
        });
      }
      return readFile(path);
    },
  };
}

const tooLarge = (size: number) => `${size} bytes are more than the limit of ${largestImage} for one image`;

/** A local file header or, for an empty archive, the end of the directory; but no DICOM file with such a preamble. */
async function isZip(source: Source): Promise<boolean> {
  const start = Buffer.from(await source.first(132)).toString('latin1');
  return /^PK(\x03\x04|\x05\x06)/.test(start) && start.slice(128) !== 'DICM';
}

/** Without the name of the file, which is shown separately. */
export function explain(cause: unknown): string {
  if (cause instanceof IchorError)
    return cause.remedy === undefined ? cause.reason : `${cause.reason} (${cause.remedy})`;
  return describeSystemError(cause) ?? messageOf(cause);
}
