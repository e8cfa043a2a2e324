import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { notWritable } from './system-error.js';
import { temporaryPathFor } from './temporary.js';

/** A file that appears under its name only when it is complete. */
export interface AtomicFile {
  /** Where the bytes are collected: `<name>.tmp-<machine>-<process>-<unique>` in the folder of the target. */
  readonly temporaryPath: string;
  /**
   * Appends content.
   *
   * @throws IchorError `files/not-writable`, with what to do about a full disk
   */
  write(content: string | Uint8Array): Promise<void>;
  /** Flushes to disk and renames onto the target. */
  commit(): Promise<void>;
  /** Removes what was written; the target stays as it was. Safe to call after `commit`. */
  abort(): Promise<void>;
}

/**
 * Opens a file for writing that replaces `path` only on `commit`.
 *
 * @throws IchorError `files/not-writable` when the folder cannot be made or written.
 */
export async function openAtomic(path: string): Promise<AtomicFile> {
  const temporaryPath = temporaryPathFor(path);
  let handle: FileHandle;
  try {
    await mkdir(dirname(path), { recursive: true });
    handle = await open(temporaryPath, 'wx');
  } catch (cause) {
    throw notWritable(path, cause);
  }
  let open_ = true;
  const close = async () => {
    if (open_) {
      open_ = false;
      await handle.close();
    }
  };
  return {
    temporaryPath,
    async write(content) {
      try {
        await handle.writeFile(content);
      } catch (cause) {
        throw notWritable(path, cause);
      }
    },
    async commit() {
      try {
        await handle.sync();
        await close();
        await rename(temporaryPath, path);
      } catch (cause) {
        await close().catch(() => undefined);
        await rm(temporaryPath, { force: true });
        throw notWritable(path, cause);
      }
    },
    async abort() {
      await close();
      await rm(temporaryPath, { force: true });
    },
  };
}

/**
 * Writes a whole file: either all of `content` is at `path` afterwards, or `path` is untouched. Content that comes in
 * pieces is never whole in memory.
 *
 * @throws IchorError `files/not-writable`; what making the pieces throws
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const file = await openAtomic(path);
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await file.write(content);
    else for await (const piece of content) await file.write(piece);
  } catch (cause) {
    await file.abort();
    throw cause;
  }
  await file.commit();
}

/** Copies `from` onto `to` the same way; uses a reflink where the file system has them. */
export async function copyFileAtomic(from: string, to: string): Promise<void> {
  const temporaryPath = temporaryPathFor(to);
  try {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, temporaryPath, constants.COPYFILE_FICLONE);
    await rename(temporaryPath, to);
  } catch (cause) {
    await rm(temporaryPath, { force: true });
    throw notWritable(to, cause);
  }
}
