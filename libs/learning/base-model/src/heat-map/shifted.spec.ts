import type { Tensor } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import type { ActivationMap } from './grad-cam.js';
import { shiftedCopies, smoothed, stitched } from './shifted.js';

const size = 8;
const cell = 4;

/** One map a copy: the sum of each 4 x 4 cell, divided by the largest. */
function sums({ shape, data }: Tensor): ActivationMap[] {
  return Array.from({ length: shape[0]! }, (_, copy) => {
    const map = new Float32Array(4);
    for (let i = 0; i < size * size; i++) {
      const [x, y] = [Math.floor((i % size) / cell), Math.floor(i / size / cell)];
      map[2 * y + x]! += data[copy * size * size + i]!;
    }
    const peak = Math.max(...map);
    return { width: 2, height: 2, data: map.map((value) => (peak > 0 ? value / peak : 0)), peak };
  });
}

const picture = (x: number, y: number, value: number): Tensor => {
  const data = new Float32Array(size * size);
  data[y * size + x] = value;
  return { shape: [1, 1, size, size], data };
};

describe('maps of shifted copies', () => {
  it('lie between one another: a spot is seen by the half cells whose cell of a copy holds it', () => {
    const map = stitched(sums(shiftedCopies(picture(6, 4, 5), 1)));
    expect([map.width, map.height, map.peak]).toEqual([4, 4, 5]);
    // Rows of the cells, moved by 1: -1..2 and 3..6 (half cells 0, 2), 1..4 and 5..8 (1, 3). Row 4 is in those of 1 and 2,
    // column 6 in those of 2 and 3.
    expect([...map.data].flatMap((value, at) => (value === 1 ? [at] : []))).toEqual([6, 7, 10, 11]);
    expect(map.data.filter((value) => value === 0)).toHaveLength(12);
  });

  it('repeat the border, so that a spot in the corner counts more in the copies that moved it inwards', () => {
    const map = stitched(sums(shiftedCopies(picture(0, 0, 1), 1)));
    // Moved down and right by 1, the corner fills 2 x 2 pixels; moved down alone, it is 2 x 1, and then gone at the right.
    expect(map.peak).toBe(4);
    expect(map.data[0]).toBe(1);
    expect(map.data.filter((value) => value > 0)).toHaveLength(1);
  });

  it('are empty where no copy supports the logit', () => {
    const map = stitched(sums(shiftedCopies(picture(0, 0, 0), 1)));
    expect(map.peak).toBe(0);
    expect([...map.data]).toEqual(Array(16).fill(0));
  });
});

describe('smoothed', () => {
  it('averages 3 x 3 cells with weights 1 2 1 inside the map, relative to the largest mean', () => {
    const data = new Float32Array(16);
    data[0] = 1;
    data[10] = 0.5;
    const map = smoothed({ width: 4, height: 4, data, peak: 3 });
    // The corner has the weights 4 of 9; the cell inside 4 of 16; cell (1, 1) between them 1/16 + 0.5/16.
    expect(map.peak).toBeCloseTo((3 * 4) / 9, 6);
    expect(map.data[0]).toBe(1);
    expect(map.data[10]).toBeCloseTo((0.5 / 4) * (9 / 4), 6);
    expect(map.data[5]).toBeCloseTo((1.5 / 16) * (9 / 4), 6);
  });

  it('leaves an empty map', () => {
    expect(smoothed({ width: 2, height: 2, data: new Float32Array(4), peak: 0 })).toEqual({
      width: 2,
      height: 2,
      data: new Float32Array(4),
      peak: 0,
    });
  });
});
