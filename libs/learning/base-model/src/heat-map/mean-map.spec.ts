import { describe, expect, it } from 'vitest';
import type { ActivationMap } from './grad-cam.js';
import { meanMap } from './mean-map.js';

const map = (width: number, values: number[], peak = 7): ActivationMap => ({
  width,
  height: values.length / width,
  data: Float32Array.from(values),
  peak,
});

describe('meanMap', () => {
  it('is the map itself where there is one, and none where there is none', () => {
    const one = map(2, [1, 0.5, 0.25, 0]);
    expect(meanMap([one])).toBe(one);
    expect(meanMap([])).toBeUndefined();
  });

  it('averages maps of one grid whatever their peaks are, relative to the largest mean', () => {
    const mean = meanMap([map(2, [1, 0.5, 0, 0], 100), map(2, [0.5, 0.5, 0, 1], 1)]);
    // Means 0.75, 0.5, 0, 0.5.
    expect(mean?.peak).toBe(0.75);
    expect(mean?.data).toEqual(Float32Array.of(1, 0.5 / 0.75, 0, 0.5 / 0.75));
  });

  it('interpolates a coarser map between the middles of its cells', () => {
    // The middles of four cells lie at -0.25, 0.25, 0.75, 1.25 of two; the outermost are clipped to 0 and 1.
    const fine = map(
      4,
      Array.from({ length: 16 }, () => 0),
    );
    const mean = meanMap([fine, map(2, [0, 1, 0, 1])]);
    expect(mean?.peak).toBe(0.5);
    for (let row = 0; row < 4; row++) {
      expect([...mean!.data.subarray(4 * row, 4 * row + 4)]).toEqual([0, 0.25, 0.75, 1]);
    }
  });
});
