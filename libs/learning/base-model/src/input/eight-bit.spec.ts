import { describe, expect, it } from 'vitest';
import { asEightBit } from './eight-bit.js';

describe('asEightBit', () => {
  const stored = Int16Array.of(-1024, -50, 0, 1, 40, 79, 80, 300);

  it('keeps the inside of the window to 1 HU; white is 1000 HU, black -1000 HU', () => {
    const plane = { rows: 2, columns: 4, pixels: stored, intercept: 0 };
    // 40: 40 / 80 x 255 = 127.5, gray 128, back 40.16. 79: gray 251.8, 252, back 79.06. 1: gray 3.2, 3, back 0.94.
    expect([...asEightBit(plane, 0, 80).pixels]).toEqual([-1000, -1000, -1000, 1, 40, 79, 1000, 1000]);
  });

  it('sees Hounsfield units, whatever the intercept of the pixels is', () => {
    const plane = { rows: 2, columns: 4, pixels: stored.map((hu) => hu + 1024), intercept: -1024 };
    // -20..100: 0 is gray 42.5, 43 (not black), back 0.2; 80 is gray 212.5, 213, back 80.2.
    expect(asEightBit(plane, -20, 100)).toEqual({
      rows: 2,
      columns: 4,
      intercept: 0,
      pixels: Int16Array.of(-1000, -1000, 0, 1, 40, 79, 80, 1000),
    });
  });
});
