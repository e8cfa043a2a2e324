import { IchorError, messageOf } from './error.js';

/** The system's own code of a failure (`ENOENT`, `EACCES`...); '' when it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Whether a failure says that the path is not there, and nothing else: a missing permission is not an answer.
 */
export function isNotThere(error: unknown): boolean {
  return systemCode(error) === 'ENOENT';
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space on this disk and run the same command again',
  EDQUOT: 'free some space of your quota and run the same command again',
  EACCES: 'make the folder writable or choose another one',
  EROFS: 'the file system is read-only; choose another folder',
  EPERM: 'make the folder writable or choose another one',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EEXIST: 'a part of this path is a file, not a folder',
  EISDIR: 'there is a folder of this name',
  ENOTEMPTY: 'there is a folder of this name',
};

/** `files/not-writable` with what to do about it. */
export function notWritable(path: string, cause: unknown): IchorError {
  const remedy = remedies[systemCode(cause)];
  return new IchorError({
    code: 'files/not-writable',
    file: path,
    reason: `cannot be written: ${messageOf(cause)}`,
    ...(remedy === undefined ? {} : { remedy }),
    cause,
  });
}

/** `files/not-readable`: the path may exist. */
export function notReadable(path: string, what: 'read' | 'listed', cause: unknown): IchorError {
  return new IchorError({
    code: 'files/not-readable',
    file: path,
    reason: `cannot be ${what}: ${messageOf(cause)}`,
    remedy: 'check its permissions and whether its disk is mounted, then run the same command again',
    cause,
  });
}

/**
 * System failures in plain words, without paths: the message names the path separately, or must not show it.
 */
const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EIO: 'the disk cannot read or write it',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ESTALE: 'the network folder is gone',
  EPIPE: 'no process reads it any more',
};

/**
 * A failure of the system in words, without path.
 *
 * @returns undefined for an error of another kind
 */
export function describeSystemError(error: unknown): string | undefined {
  const code = systemCode(error);
  if (!/^E[A-Z0-9]+$/.test(code) || !(error instanceof Error && 'syscall' in error)) return undefined;
  return `${meanings[code] ?? 'the system refused it'} (${code})`;
}
