import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { parseDicom } from '@ichor/dicom';
import { IchorError, systemCode } from '@ichor/files';
import { pathIn, shownPath, type Path } from './path.js';

/** `DICOMDIR`, `dicomdir`, `DICOMDIR.`, `DICOMDIR;1`, `Dicomdir.dcm`: as copies of media have it. */
export function isDicomdirName(path: string): boolean {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  return mediaName(name) === 'DICOMDIR';
}

/**
 * A name as PS3.10 8.2 has it: upper case, no extension. Copies of media keep the version of ISO 9660 (`IM1;1`, `IM1.;1`),
 * hold names in lower case or add `.dcm`.
 */
function mediaName(name: string): string {
  return name
    .toUpperCase()
    .replace(/;\d+$/, '')
    .replace(/\.$/, '')
    .replace(/\.(DCM|DICOM|IMA)$/, '');
}

/**
 * The files that a DICOMDIR lists (PS3.3 F.5: ReferencedFileID of its image records), as paths relative to it.
 *
 * @throws DicomError when it cannot be read
 * @throws IchorError `intake/bad-dicomdir` when it is not a media directory, or leads outside its folder
 */
export async function filesOfDicomdir(path: Path, bytes: Uint8Array): Promise<readonly Path[]> {
  const name = shownPath(path);
  const records = parseDicom(bytes, { name }).values()['DirectoryRecordSequence'];
  if (!Array.isArray(records))
    throw badDicomdir(name, 'it has no directory records (DirectoryRecordSequence)');
  const folders = new Folders();
  const root = await realpath(folderOf(path), { encoding: 'buffer' });
  const files: Path[] = [];
  for (const record of records) {
    if (record === null || typeof record !== 'object' || !('ReferencedFileID' in record)) continue;
    const id = record.ReferencedFileID;
    const parts = (Array.isArray(id) ? id : [id]).map(String);
    const file = await folders.find(root, parts);
    if (!(await isInside(root, file)))
      throw badDicomdir(name, `it points outside its folder: ${parts.join('/')}`);
    files.push(file);
  }
  return files;
}

/** Finds files by the names of a media directory; each folder is listed once. */
class Folders {
  readonly #names = new Map<string, readonly Buffer[]>();

  /** The path as it is on disk; without a match, the path as it is written. */
  async find(root: Path, parts: readonly string[]): Promise<Path> {
    let path = root;
    for (const part of parts) {
      const names = part === '..' || part === '.' ? [] : await this.#list(path);
      const name = names.find((one) => one.equals(Buffer.from(part)))
        ?? names.find((one) => mediaName(one.toString()) === mediaName(part)); // prettier-ignore
      path = pathIn(path, name ?? Buffer.from(part));
    }
    return path;
  }

  async #list(folder: Path): Promise<readonly Buffer[]> {
    const key = typeof folder === 'string' ? folder : folder.toString('latin1');
    const known = this.#names.get(key);
    if (known) return known;
    const names = await readdir(folder, { encoding: 'buffer' }).catch((cause: unknown) => {
      // Missing, not a folder, or not permitted: the error is reported for the file below it.
      if (systemCode(cause) !== '') return [];
      throw cause;
    });
    this.#names.set(key, names);
    return names;
  }
}

async function isInside(root: Buffer, file: Path): Promise<boolean> {
  const there = await lstat(file).then(
    () => true,
    () => false,
  );
  const bytes = there
    ? await realpath(file, { encoding: 'buffer' }).catch(() => bytesOf(file))
    : bytesOf(file);
  const inside = Buffer.concat([root, Buffer.from(root.toString() === sep ? '' : sep)]);
  return (
    bytes.subarray(0, inside.length).equals(inside) && !bytes.toString('latin1').split('/').includes('..')
  );
}

const bytesOf = (path: Path) => (typeof path === 'string' ? Buffer.from(path) : path);

function folderOf(path: Path): Path {
  if (typeof path === 'string') return dirname(path);
  const end = path.lastIndexOf(sep);
  return end < 0 ? '.' : path.subarray(0, Math.max(end, 1));
}

function badDicomdir(file: string, reason: string): IchorError {
  return new IchorError({
    code: 'intake/bad-dicomdir',
    file,
    reason,
    remedy: 'give the folder with the images instead',
  });
}
