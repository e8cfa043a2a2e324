import type { HounsfieldSlice } from './gray.js';

/**
 * Shrinks a slice to at most `size` pixels a side by averaging whole blocks of the original pixels
 * (so noise goes down instead of aliasing); a slice that is small enough comes back as it is.
 * Values are rounded to whole Hounsfield units.
 */
export function shrink(slice: HounsfieldSlice, size: number): HounsfieldSlice {
  const factor = Math.ceil(Math.max(slice.width, slice.height) / size);
  if (factor <= 1) return slice;
  const width = Math.ceil(slice.width / factor);
  const height = Math.ceil(slice.height / factor);
  const data = new Int16Array(width * height);
  for (let y = 0; y < height; y++) {
    const bottom = Math.min((y + 1) * factor, slice.height);
    for (let x = 0; x < width; x++) {
      const right = Math.min((x + 1) * factor, slice.width);
      let sum = 0;
      for (let v = y * factor; v < bottom; v++) {
        for (let u = x * factor; u < right; u++) sum += slice.data[v * slice.width + u]!;
      }
      data[y * width + x] = Math.round(sum / ((bottom - y * factor) * (right - x * factor)));
    }
  }
  return { width, height, data };
}

/** A coarse map over a picture, e.g. of a class activation, values 0..1. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Bilinear interpolation with pixel centres aligned (half-pixel convention), borders repeated. */
export function enlarge(map: HeatMap, width: number, height: number): HeatMap {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = neighbours(y, height, map.height);
    for (let x = 0; x < width; x++) {
      const [left, right, across] = neighbours(x, width, map.width);
      const at = (row: number, column: number) => map.data[row * map.width + column]!;
      const upper = at(top, left) * (1 - across) + at(top, right) * across;
      const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
      data[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return { width, height, data };
}

function neighbours(position: number, to: number, from: number): [number, number, number] {
  const source = Math.min(Math.max(((position + 0.5) * from) / to - 0.5, 0), from - 1);
  const before = Math.floor(source);
  return [before, Math.min(before + 1, from - 1), source - before];
}
