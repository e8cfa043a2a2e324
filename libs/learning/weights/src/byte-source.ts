import { messageOf } from '@ichor/files/error';
import { open } from 'node:fs/promises';
import { WeightsError } from './error.js';

/** Bytes read by position: a file that is never loaded whole, or a buffer. */
export interface ByteSource {
  /** For error messages: the path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Fills `target` from `offset` on.
   *
   * @throws WeightsError `weights/truncated` when the range is not inside the source.
   */
  readInto(offset: number, target: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Reads at most this much in one call: Node's limit is 2 GiB - 1. */
const LARGEST_READ = 1 << 30;

/** @throws WeightsError `weights/not-found` */
export async function openByteSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new WeightsError({
      code: 'weights/not-found',
      file: path,
      reason: `cannot be opened: ${messageOf(cause)}`,
      remedy: 'check the path',
      cause,
    });
  });
  const { size } = await handle.stat();
  return {
    name: path,
    size,
    async readInto(offset, target) {
      checkRange(path, size, offset, target.byteLength);
      let done = 0;
      while (done < target.byteLength) {
        const length = Math.min(LARGEST_READ, target.byteLength - done);
        const { bytesRead } = await handle.read(target, done, length, offset + done);
        if (bytesRead === 0) throw truncated(path, offset, target.byteLength, offset + done);
        done += bytesRead;
      }
    },
    close: () => handle.close(),
  };
}

/** A source over bytes in memory. */
export function bytesAsSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    async readInto(offset, target) {
      checkRange(name, bytes.byteLength, offset, target.byteLength);
      target.set(bytes.subarray(offset, offset + target.byteLength));
    },
    close: () => Promise.resolve(),
  };
}

/** Allocates only after the range has been found inside the source. */
export async function readBytes(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  checkRange(source.name, source.size, offset, length);
  const bytes = new Uint8Array(length);
  await source.readInto(offset, bytes);
  return bytes;
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length)) || offset < 0 || length < 0) {
    throw truncated(name, offset, length, size);
  }
  if (offset + length > size) throw truncated(name, offset, length, size);
}

function truncated(name: string, offset: number, length: number, size: number): WeightsError {
  return new WeightsError({
    code: 'weights/truncated',
    file: name,
    reason: `bytes ${offset} to ${offset + length} are needed, the file ends at ${size}`,
    remedy: 'the file is incomplete or damaged; download it again',
  });
}
