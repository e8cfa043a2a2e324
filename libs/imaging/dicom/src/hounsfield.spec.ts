import { describe, expect, it } from 'vitest';
import { hounsfield } from './hounsfield.js';
import { parseDicom } from './read.js';
import { slice, words } from './testing/build.js';

const rows = 1;
const frame = 0;

describe('hounsfield', () => {
  it('is stored * slope + intercept, as integers for integer slope and intercept', () => {
    const data = Uint16Array.of(0, 1024, 4095);
    const units = hounsfield({ rows, columns: 3, frame, data }, { RescaleSlope: 1, RescaleIntercept: -1024 });
    expect(units).toEqual({ rows, columns: 3, data: Int16Array.of(-1024, 0, 3071) });
  });

  it('is Float32Array for fractions and for values beyond 16 bits', () => {
    const fraction = { RescaleSlope: 0.5, RescaleIntercept: -1024.25 };
    const data = Int16Array.of(-1, 3);
    expect(hounsfield({ rows, columns: 2, frame, data }, fraction).data).toEqual(
      Float32Array.of(-1024.75, -1022.75),
    );
    const large = Uint16Array.of(0, 65535);
    const plain = { RescaleSlope: 1, RescaleIntercept: 0 };
    expect(hounsfield({ rows, columns: 2, frame, data: large }, plain).data).toEqual(
      Float32Array.of(0, 65535),
    );
  });

  it('copies nothing where HU = stored', () => {
    const data = Int16Array.of(-1500, 1032);
    const plain = { RescaleSlope: 1, RescaleIntercept: 0 };
    expect(hounsfield({ rows, columns: 2, frame, data }, plain).data).toBe(data);
  });

  it('returns pixels as a view on the bytes of the file', async () => {
    const bytes = slice(2, [1, 2, 3, 4]);
    const own = new Uint8Array(bytes); // a Buffer from the pool may start at an odd address
    const { data } = await parseDicom(own).pixels();
    expect(data.buffer).toBe(own.buffer);
    expect([...data]).toEqual([1, 2, 3, 4]);
  });

  /**
   * PS3.5 section 8.1.1: BitsStored bits are the sample; the content of the other bits is undefined. Oracle: pydicom 3.0.2
   * `pixel_array`; dcmtk 3.6.7 (dcm2pnm) shows 5000 with the same gray as 904.
   */
  it('uses BitsStored bits of a value and ignores the bits above them', async () => {
    const stored = async (sign: number, values: number[]) => {
      const read = parseDicom(
        slice(2, values, [
          ['00280101', 'US', words(12)],
          ['00280102', 'US', words(11)],
          ['00280103', 'US', words(sign)],
        ]),
      );
      return [...(await read.pixels()).data];
    };
    expect(await stored(0, [0, 904, 5000, 4095])).toEqual([0, 904, 904, 4095]);
    expect(await stored(1, [0, 904, 5000, 0x8000 + 40])).toEqual([0, 904, 904, 40]);
  });
});
