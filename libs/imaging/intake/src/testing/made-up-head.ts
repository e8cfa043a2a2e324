import type { TestDataSet } from '@ichor/dicom/testing';
import { makeSlice } from './made-up-slice.js';

/** Rows and columns of {@link makeHead}. */
export const headSize = 48;

/** A slice of a disc of brain (35 HU) in a ring of bone; slice 2 has a bright spot of 75 HU in its middle. */
export function makeHead(slice: number, change: TestDataSet = {}): Uint8Array {
  const values = new Int16Array(headSize * headSize).fill(-1000);
  for (let i = 0; i < values.length; i++) {
    const radius = Math.hypot((i % headSize) - 24, Math.floor(i / headSize) - 24);
    if (radius < 20) values[i] = 1000;
    if (radius < 18) values[i] = slice === 2 && radius < 6 ? 75 : 35;
  }
  return makeSlice({
    InstanceNumber: slice,
    ImagePositionPatient: [0, 0, 5 * slice],
    Rows: headSize,
    Columns: headSize,
    PatientName: 'Doe^Jane',
    PatientID: 'P1',
    PixelData: values,
    ...change,
  });
}
