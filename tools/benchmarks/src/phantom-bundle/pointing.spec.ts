import { describe, expect, it } from 'vitest';
import { distanceToBlood } from './pointing.js';

/** 8 x 8 pixels, blood in one of them. */
function bloodAt(column: number, row: number) {
  const mask = new Uint8Array(64);
  mask[row * 8 + column] = 4;
  return { width: 8, height: 8, mask };
}

describe('distanceToBlood', () => {
  // 2 x 2 cells of 4 pixels; the largest is the one at the top right, whose middle is between the pixels 5 and 6, 1 and 2.
  const heat = { width: 2, height: 2, data: Float32Array.of(0.1, 1, 0.2, 0.9) };

  it('is 0 where the middle of the largest cell touches blood', () => {
    expect(distanceToBlood(heat, bloodAt(5, 1), 0.5)).toBe(0);
    expect(distanceToBlood(heat, bloodAt(6, 2), 0.5)).toBe(0);
  });

  it('is measured to the border of the nearest pixel, in mm', () => {
    // From x = 5.5, y = 1.5 to the right border of pixel (1, 1) at 1.5: 4 pixels of 0.5 mm.
    expect(distanceToBlood(heat, bloodAt(1, 1), 0.5)).toBeCloseTo(2, 12);
    // To (2, 5): its corner (2.5, 4.5), 3 pixels each way.
    expect(distanceToBlood(heat, bloodAt(2, 5), 1)).toBeCloseTo(Math.hypot(3, 3), 12);
  });

  it('is Infinity without blood', () => {
    expect(distanceToBlood(heat, { width: 8, height: 8, mask: new Uint8Array(64) }, 1)).toBe(Infinity);
  });
});
