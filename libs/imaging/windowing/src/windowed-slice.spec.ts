import { describe, expect, it } from 'vitest';
import { windowSlice } from './windowed-slice.js';

const windows = [
  { low: 0, high: 80 },
  { low: -20, high: 180 },
  { low: -150, high: 230 },
];

describe('windowSlice', () => {
  it('gives from floats what it gives from whole numbers', () => {
    const pixels = Int16Array.from({ length: 77 }, (_, i) => i * 9 - 300);
    const { statistics } = windowSlice(pixels, 7, 11, windows);
    expect(windowSlice(Float32Array.from(pixels), 7, 11, windows).statistics).toEqual(statistics);
  });

  // Sizes around the groups of eight and of 2048 groups that the kernel adds up.
  for (const [rows, columns] of [
    [2, 2],
    [3, 5],
    [130, 127],
    [256, 256],
  ] as const) {
    it(`gives mean, min and max of ${rows} x ${columns} as a plain loop does`, () => {
      // Spread over -300..299 by a stride that shares no factor with 600.
      const pixels = Int16Array.from({ length: rows * columns }, (_, i) => ((i * 157) % 600) - 300);
      const image = windowSlice(pixels, rows, columns, windows);
      windows.forEach(({ low, high }, channel) => {
        const values = Array.from(pixels, (hu) => Math.min(Math.max((hu - low) / (high - low), 0), 1));
        const { mean, min, max } = image.statistics[channel]!;
        // Sums of whole numbers are exact; the loop rounds each quotient.
        expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 10);
        expect(min).toBeCloseTo(Math.min(...values), 12);
        expect(max).toBeCloseTo(Math.max(...values), 12);
      });
    });
  }

  it('holds at the ends of 16 bits', () => {
    const pixels = Int16Array.from([-32768, 32767, -32768, 32767]);
    const { statistics } = windowSlice(pixels, 2, 2, windows);
    expect(statistics[0]).toEqual({ mean: 0.5, min: 0, max: 1 });
  });

  it('refuses what is not a slice', () => {
    expect(() => windowSlice(new Int16Array(5), 2, 3, windows)).toThrow(/2 x 3 pixels expected, received 5/);
    expect(() => windowSlice(new Int16Array(6), 2, 3, [])).toThrow(/at least one window/);
    expect(() => windowSlice(new Int16Array(6), 2, 3, [{ low: 1, high: 1 }])).toThrow(/low < high/);
  });
});
