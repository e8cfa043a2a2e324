import { describe, expect, it } from 'vitest';
import { hounsfield } from './hounsfield.js';
import { parseDicom } from './read.js';
import { slice } from './testing/build.js';

const rows = 1;
const frame = 0;

describe('hounsfield', () => {
  it('is stored * slope + intercept, as integers where they are', () => {
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

  it('gives pixels that are a view on the bytes of the file', async () => {
    const bytes = slice(2, [1, 2, 3, 4]);
    const own = new Uint8Array(bytes); // a Buffer from the pool may start at an odd address
    const { data } = await parseDicom(own).pixels();
    expect(data.buffer).toBe(own.buffer);
    expect([...data]).toEqual([1, 2, 3, 4]);
  });
});
