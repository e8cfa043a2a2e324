import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type PredictionsErrorCode =
  | 'predictions/missing'
  | 'predictions/overlap'
  | 'predictions/missing-slice'
  | 'predictions/not-a-probability';

/** Predictions that are missing, or that cannot be combined. */
export class PredictionsError extends IchorError {
  override readonly name = 'PredictionsError';
  declare readonly code: PredictionsErrorCode;

  constructor(details: IchorErrorDetails<PredictionsErrorCode>) {
    super(details);
  }
}
