import { expect, it } from 'vitest';
import { gallery } from './gallery.js';

it('lays out a row for each kind of bleed and one without', () => {
  const { width, height, data } = gallery({ seed: 1, size: 64, side: 32, slices: 2 });
  // Two slices and two windows a row, six rows; gaps of 2 pixels around each.
  expect([width, height]).toEqual([2 + 4 * 34, 2 + 6 * 34]);
  expect(data.some((gray) => gray > 200)).toBe(true);
});
