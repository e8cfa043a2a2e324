import type { DicomAttributes } from './attributes.js';
import { rescaleOf, type Rescale, type UnitAttributes } from './hounsfield-unit.js';
import type { StoredArray } from './pixels/layout.js';

/** Slope and intercept belong to `data`. */
export interface UnwrappedPixels extends Rescale {
  readonly data: StoredArray;
  readonly fixed: boolean;
}

/** Values of 12 bits. */
const SPAN = 4096;
/** HU that become stored value 0 when they are put right. */
const LOWEST = -1000;
/** Where -1000 to -1 HU begin when they wrapped around. */
const WRAPPED = SPAN + LOWEST;
/** Share of the pixels; around a head lie 0.2 and more, metal of more than 3,095 HU is far less than this. */
const LEAST_AIR = 0.01;

/**
 * Undoes a quirk of some CT files: values below 0 HU wrapped around at 12 bits, and an intercept that does not say so.
 *
 * Applies to files of 12 bits stored, PixelRepresentation 0, RescaleSlope 1 and RescaleIntercept >= -100, whose values
 * show it: every CT has air, and there it lies at 3096 and above, in at least 1 % of the pixels and in more than have
 * the value 0, where files that cannot say less cut it off. 1000 is added to every stored value, values of 4096 and more
 * wrap by 4096, and the intercept becomes -1000. Other files come back as they are. `data` is not changed.
 *
 * @throws DicomError where the unit is not known; see `rescaleOf`
 * @param counts pixels of each value of `data`, where it lists each value once (`Histogram`)
 */
export function undoPixelWrapAround(
  data: StoredArray,
  attributes: UnitAttributes & Pick<DicomAttributes, 'BitsStored' | 'PixelRepresentation'>,
  counts?: Uint32Array,
): UnwrappedPixels {
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
  let wrapped = 0;
  let cut = 0;
  for (let i = 0; i < data.length; i++) {
    const count = counts?.[i] ?? 1;
    pixels += count;
    if (data[i]! >= WRAPPED) wrapped += count;
    else if (data[i] === 0) cut += count;
  }
  return wrapped > cut && wrapped >= LEAST_AIR * pixels;
}
