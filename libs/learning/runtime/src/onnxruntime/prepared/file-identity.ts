import { stat } from 'node:fs/promises';

/**
 * What tells whether a file is still the one that was looked at: every write, copy and rename changes one of these, and `changed` cannot
 * be set by a program. All are decimal numbers, times in nanoseconds.
 */
export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  readonly bytes: string;
  readonly modified: string;
  readonly changed: string;
}

/** A file system keeps times in steps of up to two seconds. */
const timeStep = 2_000_000_000n;

/**
 * Taken before a file is read.
 *
 * @returns undefined for a file that changed so recently that a later change might have the same time
 */
export async function identityOf(path: string): Promise<FileIdentity | undefined> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const age = BigInt(Date.now()) * 1_000_000n - ctimeNs;
  if (age < timeStep) return undefined;
  return {
    device: String(dev),
    inode: String(ino),
    bytes: String(size),
    modified: String(mtimeNs),
    changed: String(ctimeNs),
  };
}

export function isSame(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.device === b.device &&
    a.inode === b.inode &&
    a.bytes === b.bytes &&
    a.modified === b.modified &&
    a.changed === b.changed
  );
}
