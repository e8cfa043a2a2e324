import { expect, it } from 'vitest';
import { varietyGallery } from './variety-gallery.js';

it('lays out a row for each variety', () => {
  const { width, height, data } = varietyGallery(['scalp', 'motion'], {
    seed: 1,
    size: 64,
    side: 32,
    slices: 2,
  });
  // Two slices and two windows a row, two rows; gaps of 2 pixels around each.
  expect([width, height]).toEqual([2 + 4 * 34, 2 + 2 * 34]);
  expect(data.some((gray) => gray > 200)).toBe(true);
});
