import { hounsfieldSlice } from '@ichor/base-model';
import { readDicom } from '@ichor/dicom/node';
import { shrink, type HounsfieldSlice } from '@ichor/windowing/pictures';

/** Pixels a side of the slices in the report. */
const side = 256;

/** A slice of the training set in Hounsfield units, small. */
export async function slicePicture(file: string): Promise<HounsfieldSlice> {
  const { attributes, pixels } = await readDicom(file);
  return shrink(hounsfieldSlice({ attributes, pixels: await pixels() }, file), side);
}
