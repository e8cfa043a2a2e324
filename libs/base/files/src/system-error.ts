import { IchorError } from './error.js';

/** The system's own code of a failure (`ENOENT`, `EACCES`...); '' when it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether a failure says that the path is not there, and nothing else: no right to look is no answer. */
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
    reason: `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    ...(remedy === undefined ? {} : { remedy }),
    cause,
  });
}

/** `files/not-readable`: the path may well be there. */
export function notReadable(path: string, what: 'read' | 'listed', cause: unknown): IchorError {
  return new IchorError({
    code: 'files/not-readable',
    file: path,
    reason: `cannot be ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'check the rights on it and whether its disk is mounted, then run the same command again',
    cause,
  });
}
