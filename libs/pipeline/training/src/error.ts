import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type TrainingErrorCode =
  | 'training/no-slices'
  | 'training/missing-table'
  | 'training/images-missing'
  | 'training/images-changed'
  | 'training/not-finite'
  | 'training/worker'
  | 'training/cache'
  | 'training/unreadable'
  | 'training/other-run'
  | 'training/damaged-checkpoint'
  | 'training/no-snapshot'
  | 'training/not-trained'
  | 'training/not-writable'
  | 'training/eight-bit'
  | 'training/app';

/** Thrown by training and prediction; `code` says what failed. */
export class TrainingError extends IchorError {
  override readonly name = 'TrainingError';
  declare readonly code: TrainingErrorCode;

  constructor(details: IchorErrorDetails<TrainingErrorCode>) {
    super(details);
  }
}
