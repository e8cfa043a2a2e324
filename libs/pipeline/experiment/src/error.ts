import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type ExperimentErrorCode =
  | 'experiment/app'
  | 'experiment/ensemble'
  | 'experiment/damaged'
  | 'experiment/settings'
  | 'experiment/events-not-writable'
  | 'experiment/unreadable';

/** An app, an ensemble or a choice of folds that cannot be used. */
export class ExperimentError extends IchorError {
  override readonly name = 'ExperimentError';
  declare readonly code: ExperimentErrorCode;

  constructor(details: IchorErrorDetails<ExperimentErrorCode>) {
    super(details);
  }
}
