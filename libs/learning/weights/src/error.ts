import { IchorError, type IchorErrorDetails } from '@ichor/files';

/** Every way in which reading, matching or fetching weights can fail. */
export type WeightsErrorCode =
  | 'weights/not-found'
  | 'weights/truncated'
  | 'weights/unknown-format'
  | 'weights/header'
  | 'weights/header-too-large'
  | 'weights/dtype'
  | 'weights/offsets'
  | 'weights/zip'
  | 'weights/compressed-entry'
  | 'weights/checksum'
  | 'weights/pickle'
  | 'weights/pickle-opcode'
  | 'weights/pickle-global'
  | 'weights/storage'
  | 'weights/too-large'
  | 'weights/no-tensors'
  | 'weights/shape'
  | 'weights/missing'
  | 'weights/nothing-matched'
  | 'weights/download'
  | 'weights/no-address'
  | 'weights/hash';

export class WeightsError extends IchorError {
  override readonly name = 'WeightsError';
  declare readonly code: WeightsErrorCode;

  constructor(details: IchorErrorDetails<WeightsErrorCode>) {
    super(details);
  }
}
