import { describe, expect, it } from 'vitest';
import { RandomStream } from '@ichor/files/random';
import { windowImage } from './windowed-image.js';

const windows = [
  { lower: 0, upper: 80 },
  { lower: -20, upper: 180 },
  { lower: -150, upper: 230 },
];

describe('windowImage', () => {
  // Sizes around the groups of eight and of 2048 groups that the kernel adds up.
  for (const [rows, columns] of [
    [2, 2],
    [3, 5],
    [130, 127],
    [256, 256],
  ] as const) {
    it(`gives mean, min and max of ${rows} x ${columns} as a plain loop does`, () => {
      const random = new RandomStream(rows, columns);
      const pixels = Int16Array.from({ length: rows * columns }, () => random.integer(600) - 300);
      const image = windowImage(pixels, rows, columns, windows);
      windows.forEach(({ lower, upper }, channel) => {
        const values = Array.from(pixels, (hu) => Math.min(Math.max((hu - lower) / (upper - lower), 0), 1));
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
    const { statistics } = windowImage(pixels, 2, 2, windows);
    expect(statistics[0]).toEqual({ mean: 0.5, min: 0, max: 1 });
  });

  it('refuses what is not a slice', () => {
    expect(() => windowImage(new Int16Array(5), 2, 3, windows)).toThrow(/2 x 3 pixels expected, received 5/);
    expect(() => windowImage(new Int16Array(6), 2, 3, [])).toThrow(/at least one window/);
    expect(() => windowImage(new Int16Array(6), 2, 3, [{ lower: 1, upper: 1 }])).toThrow(/lower < upper/);
  });
});
