import { IchorError } from '@ichor/files';

/**
 * A table that cannot be read or written. Codes: `tables/missing`, `tables/damaged`,
 * `tables/schema-mismatch`, `tables/bad-columns`.
 */
export class TableError extends IchorError {
  override readonly name = 'TableError';
}
