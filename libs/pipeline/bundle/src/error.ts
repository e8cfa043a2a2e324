import { IchorError } from '@ichor/files';

/**
 * What can be wrong with a bundle: `bundle/missing`, `bundle/damaged`, `bundle/version`, `bundle/hash`,
 * `bundle/nothing-trained`, `bundle/calibration`.
 */
export class BundleError extends IchorError {
  override readonly name = 'BundleError';
}
