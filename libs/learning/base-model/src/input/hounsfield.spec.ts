import { parseDicom } from '@ichor/dicom';
import { describe, expect, it } from 'vitest';
import { tinyDicom } from '../testing/tiny-dicom.js';
import { hounsfieldPlane, hounsfieldSlice, type DecodedSlice } from './hounsfield.js';

const size = 8;
const hu = Int16Array.from({ length: size * size }, (_, i) => i * 30 - 1000);

async function decoded(stored: Int16Array, intercept: number, signed = true): Promise<DecodedSlice> {
  const file = parseDicom(tinyDicom(stored, size, intercept, signed), { name: 'tiny' });
  return { attributes: file.attributes, pixels: await file.pixels() };
}

/** HU of a plane: its values plus the intercept that its windows are moved by. */
const unitsOf = ({ pixels, intercept }: { pixels: ArrayLike<number>; intercept: number }): number[] =>
  Array.from(pixels, (value) => value + intercept);

describe('Hounsfield units', () => {
  it('are the same for network input and for pictures', async () => {
    const slice = await decoded(
      hu.map((value) => value + 1024),
      -1024,
    );
    expect(unitsOf(hounsfieldPlane(slice, false, 'x'))).toEqual([...hu]);
    expect([...hounsfieldSlice(slice, 'x').data]).toEqual([...hu]);
    expect(hounsfieldPlane(slice, false, 'x').pixels.buffer).toBe(slice.pixels.data.buffer);
  });

  it('put wrapped values right for pictures, and for input where the settings say so', async () => {
    const wrapped = hu.map((value) => (value + 4096) % 4096);
    const slice = await decoded(wrapped, 0, false);
    expect([...hounsfieldSlice(slice, 'x').data]).toEqual([...hu]);
    expect(unitsOf(hounsfieldPlane(slice, true, 'x'))).toEqual([...hu]);
    expect(unitsOf(hounsfieldPlane(slice, false, 'x'))).toEqual([...wrapped]);
  });

  it.each([0, -1])('are refused with a slope of %i', async (RescaleSlope) => {
    const { attributes, pixels } = await decoded(hu, 0);
    const slice = { attributes: { ...attributes, RescaleSlope }, pixels };
    expect(() => hounsfieldPlane(slice, false, 'ID_1.dcm')).toThrow(/ID_1\.dcm/);
    expect(() => hounsfieldSlice(slice, 'ID_1.dcm')).toThrow(/ID_1\.dcm/);
  });
});
