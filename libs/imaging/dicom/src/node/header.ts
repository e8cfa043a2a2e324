import { open, type FileHandle } from 'node:fs/promises';
import { parseDicomHeader, type DicomHeader, type FileStart } from '../header.js';
import type { ReadOptions } from '../read.js';
import { unreadable } from './file-bytes.js';

/**
 * `parseDicomHeader` for a file on disk.
 *
 * @param source path, or a file that can be read from its beginning
 * @throws DicomError, and the IchorError of `FileStart.first`
 */
export async function readDicomHeader(
  source: string | FileStart,
  options: ReadOptions = {},
): Promise<DicomHeader> {
  return parseDicomHeader(typeof source === 'string' ? await fileOnDisk(source) : source, options);
}

async function fileOnDisk(path: string): Promise<FileStart> {
  const withFile = async <T>(read: (file: FileHandle) => Promise<T>): Promise<T> => {
    try {
      const file = await open(path, 'r');
      return await read(file).finally(() => file.close());
    } catch (cause) {
      throw unreadable(path, cause);
    }
  };
  const { size } = await withFile((file) => file.stat());
  const first = (length: number) =>
    withFile(async (file) => {
      const bytes = Buffer.allocUnsafe(Math.min(length, size));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    });
  return { name: path, size, first };
}
