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
/** HU of stored value 0 after the correction. */
const LOWEST = -1000;
/** First stored value of wrapped -1000 to -1 HU. */
const WRAPPED = SPAN + LOWEST;
/** Share of the pixels. Air around a head has a share of 0.2 or more; metal above 3,095 HU has far less than this. */
const LEAST_AIR = 0.01;

/**
 * Corrects an error of some CT files: values below 0 HU wrapped around at 12 bits, and the intercept does not show it.
 *
 * Applies to files with 12 bits stored, PixelRepresentation 0, RescaleSlope 1 and RescaleIntercept >= -100, if their
 * values show the error. Every CT has air. In a wrapped file, air has values of 3096 and above, in at least 1 % of the
 * pixels, and in more pixels than have the value 0 (files that cannot store less clip air to 0). The correction adds 1000
 * to every stored value, subtracts 4096 from values of 4096 and more, and sets the intercept to -1000. Other files are
 * returned without changes. `data` is not changed.
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
