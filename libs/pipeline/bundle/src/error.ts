import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type BundleErrorCode =
  | 'bundle/missing'
  | 'bundle/damaged'
  | 'bundle/version'
  | 'bundle/hash'
  | 'bundle/nothing-trained'
  | 'bundle/final'
  | 'bundle/not-empty'
  | 'bundle/calibration'
  | 'bundle/eight-bit';

/** What can be wrong with a bundle. */
export class BundleError extends IchorError {
  override readonly name = 'BundleError';
  declare readonly code: BundleErrorCode;

  constructor(details: IchorErrorDetails<BundleErrorCode>) {
    super(details);
  }
}

/** `bundle/damaged`: the parts do not belong together, or are not parts of a bundle. */
export function damaged(file: string, reason: string): BundleError {
  return new BundleError({
    code: 'bundle/damaged',
    file,
    reason,
    remedy: 'copy the bundle again, or make it again',
  });
}
