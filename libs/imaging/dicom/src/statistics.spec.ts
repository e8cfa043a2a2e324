import { brainWindow, windowBounds } from '@ichor/windowing';
import { describe, expect, it } from 'vitest';
import type { StoredArray } from './pixels/layout.js';
import { histogram, shareWithin, storedStatistics, windowStatistics } from './statistics.js';
import { parseDicom } from './read.js';
import { file } from './testing/build.js';
import { fileWindow } from './window.js';

/** The rules computed pixel by pixel. */
function bruteForce(data: StoredArray, slope: number, intercept: number, low: number, high: number) {
  const shown = Array.from(data, (value) => Math.min(high, Math.max(low, value * slope + intercept)));
  const max = Math.max(...shown);
  const min = Math.min(...shown);
  return { max, min, range: max - min, mean: shown.reduce((sum, value) => sum + value, 0) / shown.length };
}

function values(length: number, low: number, high: number): number[] {
  return Array.from({ length }, (_, i) => low + ((i * 7919) % (high - low + 1)));
}

const arrays: [string, StoredArray][] = [
  ['Int16Array', Int16Array.from(values(1001, -2000, 3000))],
  ['Uint16Array', Uint16Array.from(values(1001, 0, 65535))],
  ['Int16Array at an odd word', Int16Array.from(values(1002, -32768, 32767)).subarray(1)],
  ['Uint8Array', Uint8Array.from(values(300, 0, 255))],
  ['Int8Array', Int8Array.from(values(300, -128, 127))],
  ['Int32Array', Int32Array.from(values(500, -(2 ** 31), 2 ** 31 - 1))],
  ['Uint32Array', Uint32Array.from(values(500, 0, 2 ** 32 - 1))],
];

describe('statistics', () => {
  it.each(arrays)('of %s equal those pixel by pixel', (_, data) => {
    const counted = histogram(data);
    const rescale = { RescaleSlope: 1.5, RescaleIntercept: -1024 };
    const cases = [
      [storedStatistics(counted), bruteForce(data, 1, 0, -Infinity, Infinity)],
      [windowStatistics(counted, rescale, brainWindow), bruteForce(data, 1.5, -1024, 0, 80)],
      [
        windowStatistics(counted, rescale, { center: 40, width: 381 }),
        bruteForce(data, 1.5, -1024, -150, 230),
      ],
    ] as const;
    for (const [actual, expected] of cases) {
      expect([actual.max, actual.min, actual.range]).toEqual([expected.max, expected.min, expected.range]);
      // The order of summation differs.
      expect(actual.mean).toBeCloseTo(expected.mean, 5);
    }
    const inside = data.filter((value) => value * 1.5 - 1024 >= 0 && value * 1.5 - 1024 <= 80).length;
    expect(shareWithin(counted, rescale, 0, 80)).toBe(inside / data.length);
  });

  it('resets its tables for the next image', () => {
    histogram(Int16Array.of(5, 5, -7));
    expect(histogram(Int16Array.of(1, 2, 2))).toEqual({
      values: Int32Array.of(1, 2),
      counts: Uint32Array.of(1, 2),
      pixels: 3,
    });
  });
});

describe('fileWindow', () => {
  it('is the first value of each, cut to an integer', () => {
    expect(fileWindow({ WindowCenter: [40.7, 600], WindowWidth: [81.9, 2800] })).toEqual({
      center: 40,
      width: 81,
    });
    expect(fileWindow({ WindowCenter: [], WindowWidth: [80] })).toBeUndefined();
  });

  /** Oracle: PS3.3 C.11.2.1.2, the values of the two attributes form pairs by their place. */
  it('does not pair the centre of one window with the width of another', () => {
    const read = (center: string, width: string) =>
      fileWindow(
        parseDicom(
          file([
            ['00281050', 'DS', center],
            ['00281051', 'DS', width],
          ]),
        ).attributes,
      );
    expect(read('\\40', '80\\350')).toEqual({ center: 40, width: 350 });
    expect(read('40\\600', '\\2800')).toEqual({ center: 600, width: 2800 });
    expect(read('x\\40', '80\\350')).toEqual({ center: 40, width: 350 });
    expect(read('\\40', '80')).toBeUndefined();
    expect(read('40', '')).toBeUndefined();
    expect(read('40\\', '80\\')).toEqual({ center: 40, width: 80 });
    expect(windowBounds({ center: 40, width: 81 })).toEqual({ low: 0, high: 80 });
  });
});
