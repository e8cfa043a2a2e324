import type { Tensor } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { occlusionMap, type Run } from './occlusion.js';

const size = 16;

/** Logit 1 is the sum of one pixel of each sample; logit 0 grows where logit 1 falls. */
const seesPixel =
  (x: number, y: number): Run =>
  ({ image }) => {
    const samples = image!.shape[0]!;
    const data = Float32Array.from({ length: 2 * samples }, (_, i) => {
      const value = image!.data[Math.floor(i / 2) * size * size + y * size + x]!;
      return i % 2 === 1 ? value : -value;
    });
    return Promise.resolve({ logits: { shape: [samples, 2], data } });
  };

const picture = (x: number, y: number): Tensor => {
  const data = new Float32Array(size * size);
  data[y * size + x] = 256;
  return { shape: [1, 1, size, size], data };
};

describe('occlusionMap', () => {
  it('marks the places whose square covers what the network saw', async () => {
    const map = await occlusionMap(seesPixel(7, 2), picture(7, 2), 1);
    expect([map.width, map.height]).toEqual([8, 8]);
    // Squares of 4 pixels about (2 k + 1): pixel 7 lies in [5, 9) of place 3 alone and in [7, 11) of place 4; pixel 2 in
    // [0, 3) of place 0 and [1, 5) of place 1. The cover is the mean of the picture, 256 / 256.
    const marked = [...map.data].flatMap((value, cell) => (value > 0 ? [cell] : []));
    expect(marked).toEqual([3, 4, 8 + 3, 8 + 4]);
    expect(map.data[3]).toBe(1);
    expect(map.peak).toBe(255);
  });

  it('is empty where every cover raises the logit', async () => {
    const map = await occlusionMap(seesPixel(7, 2), picture(7, 2), 0);
    expect(map.peak).toBe(0);
    expect(map.data.every((value) => value === 0)).toBe(true);
  });
});
