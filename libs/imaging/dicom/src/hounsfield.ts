import type { Rescale } from './hounsfield-unit.js';
import type { Pixels } from './pixels/pixel-source.js';
import type { StoredArray } from './pixels/layout.js';

/** Hounsfield units, row by row from the top left. */
export interface HounsfieldImage {
  readonly rows: number;
  readonly columns: number;
  /** rows * columns values in HU. The array of the stored values itself where HU = stored. */
  readonly data: Int16Array | Float32Array;
}

/**
 * HU = stored * RescaleSlope + RescaleIntercept (PS3.3 C.11.1).
 *
 * Int16Array where slope and intercept are integers and all values fit, else Float32Array.
 */
export function hounsfield({ rows, columns, data }: Pixels, rescale: Rescale): HounsfieldImage {
  const { RescaleSlope: slope, RescaleIntercept: intercept } = rescale;
  if (slope === 1 && intercept === 0 && data instanceof Int16Array) return { rows, columns, data };
  const units = fitsInt16(data, slope, intercept)
    ? new Int16Array(data.length)
    : new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) units[i] = data[i]! * slope + intercept;
  return { rows, columns, data: units };
}

function fitsInt16(data: StoredArray, slope: number, intercept: number): boolean {
  if (!Number.isInteger(slope) || !Number.isInteger(intercept)) return false;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const ends = [low * slope + intercept, high * slope + intercept];
  return Math.min(...ends) >= -32768 && Math.max(...ends) <= 32767;
}
