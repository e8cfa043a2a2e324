import { IchorError, messageOf } from '@ichor/files';
import { TrainingError } from './error.js';

/**
 * Runs a function that writes `path` (first to a temporary file, renamed when complete) and names the file
 * when it fails.
 *
 * @throws TrainingError `training/not-writable`; IchorErrors of below pass
 */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof IchorError) throw cause;
    const full = cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC';
    throw new TrainingError({
      code: 'training/not-writable',
      file: path,
      reason: `cannot be written: ${messageOf(cause)}; the existing file is unchanged`,
      remedy: full
        ? 'free some space on this disk and run the same command again: it resumes from the last checkpoint'
        : 'make the folder writable and run the same command again',
      cause,
    });
  }
}
