import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Size and SHA-256 of a file, read as a stream; `signal` stops it. */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** A piece is hashed in a few milliseconds; between two pieces signals are heard. */
const PIECE = 8 * 2 ** 20;

/** Reads files whole and hashes them, one after another, in memory that it uses again. */
export class HashingReader {
  #memory = new Uint8Array(0);

  /**
   * @param bytes size of the file, which the caller has checked: memory of this size is taken
   * @returns the content, valid until the next call, and its SHA-256; shorter than `bytes` where the file has become shorter
   */
  async read(
    path: string,
    bytes: number,
    signal?: AbortSignal,
  ): Promise<{ readonly content: Uint8Array; readonly sha256: string }> {
    if (this.#memory.length < bytes) this.#memory = new Uint8Array(bytes);
    const hash = createHash('sha256');
    const file = await open(path);
    try {
      let at = 0;
      while (at < bytes) {
        signal?.throwIfAborted();
        const { bytesRead } = await file.read(this.#memory, at, Math.min(PIECE, bytes - at), at);
        if (bytesRead === 0) break;
        hash.update(this.#memory.subarray(at, at + bytesRead));
        at += bytesRead;
      }
      return { content: this.#memory.subarray(0, at), sha256: hash.digest('hex') };
    } finally {
      await file.close();
    }
  }
}
