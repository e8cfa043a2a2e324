import { messageOf } from '@ichor/files/error';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { asDicomError, type DicomError } from '../error.js';
import { expectFileSize, type Limits } from '../limits.js';

/**
 * Memory that files use in turn. The next file overwrites the pixels and binary values of the previous one. The memory
 * is reused because allocating 512 KiB for every slice takes longer than reading it.
 */
export class FileBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #taken = 0;

  /** The bytes of the file that was read last. */
  get taken(): Buffer {
    return this.#bytes.subarray(0, this.#taken);
  }

  take(size: number): Buffer {
    this.#taken = size;
    // Not from the shared pool of Buffer: pixels must be aligned views.
    if (this.#bytes.length < size) this.#bytes = Buffer.allocUnsafeSlow(Math.ceil(size / 65536) * 65536);
    return this.#bytes.subarray(0, size);
  }
}

/** @throws DicomError `dicom/unreadable`, `dicom/too-large` */
export async function readBytes(path: string, limits: Limits): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      expectFileSize(size, limits);
      const bytes = Buffer.allocUnsafeSlow(size);
      let filled = 0;
      while (filled < size) {
        const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The synchronous form, which reads into `buffer` if one is given. */
export function readBytesSync(path: string, limits: Limits, buffer = new FileBuffer()): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      expectFileSize(size, limits);
      const bytes = buffer.take(size);
      let filled = 0;
      while (filled < size) {
        const read = readSync(file, bytes, filled, size - filled, filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function unreadable(path: string, cause: unknown): DicomError {
  return asDicomError(cause, {
    code: 'dicom/unreadable',
    file: path,
    reason: `cannot be read: ${messageOf(cause)}`,
    remedy: 'check the path and its permissions',
  }).inFile(path);
}
