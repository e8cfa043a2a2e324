import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type DatasetErrorCode =
  'dataset/labels-missing' | 'dataset/labels-unreadable' | 'dataset/labels-malformed';

/** A data set that cannot be built. */
export class DatasetError extends IchorError {
  override readonly name = 'DatasetError';
  declare readonly code: DatasetErrorCode;

  constructor(details: IchorErrorDetails<DatasetErrorCode>) {
    super(details);
  }
}
