import type { DicomAttributes } from './attributes.js';
import type { StoredArray } from './pixels/layout.js';

export interface FixedPixels {
  readonly data: StoredArray;
  /** The intercept that belongs to `data`. */
  readonly RescaleIntercept: number;
  readonly fixed: boolean;
}

/**
 * Undoes a quirk of some CT files: 12-bit values that wrapped around and an intercept that does not say so.
 *
 * Applies to PixelRepresentation 0 with RescaleIntercept >= -100: 1000 is added to every stored value, values of 4096
 * and more wrap by 4096, and the intercept becomes -1000. Other files come back as they are. `data` is not changed.
 */
export function fixPixelRepresentation(
  data: StoredArray,
  attributes: Pick<DicomAttributes, 'PixelRepresentation' | 'RescaleIntercept'>,
): FixedPixels {
  const { PixelRepresentation, RescaleIntercept } = attributes;
  if (PixelRepresentation !== 0 || RescaleIntercept < -100) {
    return { data, RescaleIntercept, fixed: false };
  }
  // 12-bit values fit 16 bits with room to spare; what does not is no file of this quirk, but must not wrap silently.
  const narrow = data.every((value) => value <= 32767 + 4096 - 1000);
  const wide = narrow ? new Int16Array(data.length) : new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const moved = data[i]! + 1000;
    wide[i] = moved >= 4096 ? moved - 4096 : moved;
  }
  return { data: wide, RescaleIntercept: -1000, fixed: true };
}
