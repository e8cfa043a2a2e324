import { IchorError } from '@ichor/files';

/** A data set that cannot be built. Codes: `dataset/labels-missing`, `dataset/labels-malformed`. */
export class DatasetError extends IchorError {
  override readonly name = 'DatasetError';
}
