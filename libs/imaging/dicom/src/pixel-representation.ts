import type { DicomAttributes } from './attributes.js';
import { rescaleOf, type Rescale, type UnitAttributes } from './hounsfield-unit.js';
import type { StoredArray } from './pixels/layout.js';

/** Slope and intercept belong to `data`. */
export interface FixedPixels extends Rescale {
  readonly data: StoredArray;
  readonly fixed: boolean;
}

/** Values of 12 bits. */
const SPAN = 4096;
/** HU that become stored value 0 when they are put right. */
const LOWEST = -1000;
/** Where air (-1000 to -501 HU) lies when it wrapped around. */
const WRAPPED_AIR = { from: SPAN + LOWEST, to: SPAN + LOWEST / 2 } as const;
/** Share of the pixels; heads have 0.2 and more around them, metal (above 3,095 HU) far less than this. */
const LEAST_AIR = 0.01;

/**
 * Undoes a quirk of some CT files: values below 0 HU wrapped around at 12 bits, and an intercept that does not say so.
 *
 * Applies to files of 12 bits stored, PixelRepresentation 0, RescaleSlope 1 and RescaleIntercept >= -100, whose values
 * show it: at least 1 % of the pixels lie where air lies then (3096..3595). 1000 is added to every stored value, values
 * of 4096 and more wrap by 4096, and the intercept becomes -1000. Other files come back as they are. `data` is not
 * changed.
 *
 * @throws DicomError where the unit is not known; see `rescaleOf`
 * @param counts pixels of each value of `data`, where it lists each value once (`Histogram`)
 */
export function fixPixelRepresentation(
  data: StoredArray,
  attributes: UnitAttributes & Pick<DicomAttributes, 'BitsStored' | 'PixelRepresentation'>,
  counts?: Uint32Array,
): FixedPixels {
  const rescale = rescaleOf(attributes);
  const suspect =
    attributes.BitsStored === 12 &&
    attributes.PixelRepresentation === 0 &&
    rescale.RescaleSlope === 1 &&
    rescale.RescaleIntercept >= -100;
  if (!suspect || !showsWrappedAir(data, counts)) return { data, ...rescale, fixed: false };
  const wide = new Int16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const moved = data[i]! - LOWEST;
    wide[i] = moved >= SPAN ? moved - SPAN : moved;
  }
  return { data: wide, RescaleSlope: 1, RescaleIntercept: LOWEST, fixed: true };
}

function showsWrappedAir(data: StoredArray, counts: Uint32Array | undefined): boolean {
  let pixels = 0;
  let air = 0;
  for (let i = 0; i < data.length; i++) {
    const count = counts?.[i] ?? 1;
    pixels += count;
    if (data[i]! >= WRAPPED_AIR.from && data[i]! < WRAPPED_AIR.to) air += count;
  }
  return air > 0 && air >= LEAST_AIR * pixels;
}
