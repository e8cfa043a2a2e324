import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type StackingErrorCode =
  | 'stacking/config'
  | 'stacking/unknown-configuration'
  | 'stacking/no-slices'
  | 'stacking/no-training-folds'
  | 'stacking/targets'
  | 'stacking/not-finite'
  | 'stacking/missing-features'
  | 'stacking/parts';

export class StackingError extends IchorError {
  override readonly name = 'StackingError';
  declare readonly code: StackingErrorCode;

  constructor(details: IchorErrorDetails<StackingErrorCode>) {
    super(details);
  }
}
