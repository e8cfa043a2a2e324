import { fixPixelRepresentation, hounsfield, readDicom } from '@ichor/dicom';
import { shrink, type HounsfieldSlice } from '@ichor/windowing/pictures';

/** Pixels a side of the slices in the report. */
const side = 256;

/** A slice of the training set in Hounsfield units, small. */
export async function slicePicture(file: string): Promise<HounsfieldSlice> {
  const dicom = await readDicom(file);
  const stored = await dicom.pixels();
  const fixed = fixPixelRepresentation(stored.data, dicom.attributes);
  const image = hounsfield({ ...stored, data: fixed.data }, fixed);
  return shrink({ width: image.columns, height: image.rows, data: image.data }, side);
}
