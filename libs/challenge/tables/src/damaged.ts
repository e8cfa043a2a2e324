import { messageOf } from '@ichor/files/error';
import { TableError } from './error.js';

export function damaged(file: string, reason: string, cause?: unknown): TableError {
  return new TableError({
    code: 'tables/damaged',
    file,
    reason: `is not a readable table: ${reason}`,
    remedy: 'remove the file and run the task that writes it again',
    cause,
  });
}

/** Converts every failure to decode a table's bytes to `tables/damaged`. */
export async function damagedOnFailure<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw damaged(path, messageOf(cause), cause);
  }
}
