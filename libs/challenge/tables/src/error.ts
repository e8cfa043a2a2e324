import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type TableErrorCode =
  | 'tables/missing'
  | 'tables/not-readable'
  | 'tables/damaged'
  | 'tables/schema-mismatch'
  | 'tables/other-generation'
  | 'tables/bad-columns';

/** A table that cannot be read or written. */
export class TableError extends IchorError {
  override readonly name = 'TableError';
  declare readonly code: TableErrorCode;

  constructor(details: IchorErrorDetails<TableErrorCode>) {
    super(details);
  }
}
