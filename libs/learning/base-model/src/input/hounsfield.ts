import {
  DicomError,
  undoPixelWrapAround,
  hounsfield,
  rescaleOf,
  unitObjection,
  type DicomAttributes,
  type Pixels,
  type Rescale,
} from '@ichor/dicom';
import type { HounsfieldSlice } from '@ichor/windowing/pictures';

/** A slice whose pixels are in memory: stored values, and what they mean. */
export interface DecodedSlice {
  readonly attributes: DicomAttributes;
  readonly pixels: Pixels;
}

/** Pixels in steps of one HU. */
export interface HounsfieldPlane {
  readonly rows: number;
  readonly columns: number;
  readonly pixels: Int16Array | Float32Array;
  /** HU of pixel value 0. */
  readonly intercept: number;
}

/**
 * Pixels for network input. Where the stored values are steps of one HU already they are not copied: windows are moved
 * by the intercept instead, which saves a pass over the slice.
 *
 * @param undoWrapAround put wrapped values right, as the setting `pixelFix` says
 * @param name of the slice, for the error
 * @throws DicomError when the unit is not known, or the slope is not above 0
 */
export function hounsfieldPlane(slice: DecodedSlice, undoWrapAround: boolean, name: string): HounsfieldPlane {
  const { attributes, pixels } = slice;
  const { data, RescaleSlope, RescaleIntercept } = scaled(slice, undoWrapAround, name);
  const { rows, columns } = pixels;
  if (RescaleSlope === 1 && Number.isInteger(RescaleIntercept)) {
    if (data instanceof Int16Array) return { rows, columns, pixels: data, intercept: RescaleIntercept };
    if (data instanceof Uint16Array && attributes.BitsStored !== undefined && attributes.BitsStored <= 15) {
      const signed = new Int16Array(data.buffer, data.byteOffset, data.length);
      return { rows, columns, pixels: signed, intercept: RescaleIntercept };
    }
  }
  const image = hounsfield({ ...pixels, data }, { RescaleSlope, RescaleIntercept });
  return { rows, columns, pixels: image.data, intercept: 0 };
}

/**
 * The slice in Hounsfield units, wrapped values put right, as pictures show it.
 *
 * @throws DicomError when the unit is not known, or the slope is not above 0
 */
export function hounsfieldSlice(slice: DecodedSlice, name: string): HounsfieldSlice {
  const { data, ...rescale } = scaled(slice, true, name);
  const { rows, columns, data: units } = hounsfield({ ...slice.pixels, data }, rescale);
  return { width: columns, height: rows, data: units };
}

function scaled(
  { attributes, pixels }: DecodedSlice,
  undoWrapAround: boolean,
  file: string,
): Rescale & Pick<Pixels, 'data'> {
  const objection = unitObjection(attributes);
  if (objection !== undefined) throw new DicomError({ ...objection, file });
  const { data, RescaleSlope, RescaleIntercept } = undoWrapAround
    ? undoPixelWrapAround(pixels.data, attributes)
    : { data: pixels.data, ...rescaleOf(attributes) };
  if (!(RescaleSlope > 0) || !Number.isFinite(RescaleSlope) || !Number.isFinite(RescaleIntercept)) {
    throw new DicomError({
      code: 'dicom/bad-attribute',
      attribute: 'RescaleSlope',
      file,
      reason: `HU = stored * ${RescaleSlope} + ${RescaleIntercept}: a slope above 0 is expected`,
    });
  }
  return { data, RescaleSlope, RescaleIntercept };
}
