import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { parseDicom } from '@ichor/dicom';
import { IchorError } from '@ichor/files';

/**
 * The files that a DICOMDIR lists (PS3.3 F.5: ReferencedFileID of its image records), as paths beside it.
 *
 * @throws DicomError when it cannot be read
 * @throws IchorError `intake/bad-dicomdir` when it is no media directory
 */
export async function filesOfDicomdir(path: string, bytes: Uint8Array): Promise<readonly string[]> {
  const records = parseDicom(bytes, { name: path }).values()['DirectoryRecordSequence'];
  if (!Array.isArray(records)) {
    throw new IchorError({
      code: 'intake/bad-dicomdir',
      file: path,
      reason: 'it has no directory records (DirectoryRecordSequence)',
      remedy: 'give the folder with the images instead',
    });
  }
  const root = await realpath(dirname(path));
  const files: string[] = [];
  for (const record of records) {
    if (record === null || typeof record !== 'object' || !('ReferencedFileID' in record)) continue;
    const id = record.ReferencedFileID;
    const parts = (Array.isArray(id) ? id : [id]).map(String);
    files.push(await inside(root, parts, path));
  }
  return files;
}

/** Media name files in upper case; file systems that tell cases apart often hold them in lower case. */
async function inside(root: string, parts: readonly string[], directory: string): Promise<string> {
  const asWritten = join(root, ...parts);
  const lower = join(root, ...parts.map((part) => part.toLowerCase()));
  const path = await realpath(asWritten).catch(() => realpath(lower).catch(() => asWritten));
  if (!path.startsWith(root + sep)) {
    throw new IchorError({
      code: 'intake/bad-dicomdir',
      file: directory,
      reason: `it points outside its folder: ${parts.join('/')}`,
      remedy: 'give the folder with the images instead',
    });
  }
  return path;
}
