import { describe, expect, it } from 'vitest';
import { overlayOutline } from './outline.js';

const picture = { width: 5, height: 4, data: new Uint8Array(20).fill(9) };

describe('overlayOutline', () => {
  it('colours the border of the mask, also at the edge of the picture, and nothing else', () => {
    const rows = ['.....', '####.', '####.', '####.'];
    const mask = { width: 5, height: 4, data: Uint8Array.from(rows.join(''), (c) => (c === '#' ? 4 : 0)) };
    const { data } = overlayOutline(picture, mask, [1, 2, 3]);
    const drawn = Array.from({ length: 20 }, (_, i) => {
      const pixel = [...data.subarray(3 * i, 3 * i + 3)].join();
      return pixel === '1,2,3' ? '#' : pixel === '9,9,9' ? '.' : '?';
    }).join('');
    // Inner are the two pixels of the middle row that have all four neighbours.
    expect(drawn).toBe('.....####.#..#.####.');
  });

  it('refuses a mask of another size', () => {
    expect(() => overlayOutline(picture, { width: 4, height: 5, data: new Uint8Array(20) })).toThrow('4 x 5');
  });
});
