import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type GbdtErrorCode =
  | 'gbdt/library-not-found'
  | 'gbdt/library'
  | 'gbdt/too-large'
  | 'gbdt/matrix'
  | 'gbdt/labels'
  | 'gbdt/model'
  | 'gbdt/disposed'
  | 'gbdt/build';

export class GbdtError extends IchorError {
  override readonly name = 'GbdtError';
  declare readonly code: GbdtErrorCode;

  constructor(details: IchorErrorDetails<GbdtErrorCode>) {
    super(details);
  }
}
