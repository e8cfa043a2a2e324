import { describe, expect, it } from 'vitest';
import { confirmedByCovering } from './confirmed.js';
import type { ActivationMap } from './grad-cam.js';
import type { Run } from './occlusion.js';

const size = 32;
const cells = 8;

/** The only logit is one pixel of each sample. */
const seesPixel =
  (x: number, y: number): Run =>
  ({ image }) => {
    const samples = image!.shape[0]!;
    const data = Float32Array.from(
      { length: samples },
      (_, i) => image!.data[i * size * size + y * size + x]!,
    );
    return Promise.resolve({ logits: { shape: [samples, 1], data } });
  };

const picture = () => {
  const data = new Float32Array(size * size);
  data[22 * size + 6] = 1024;
  return { shape: [1, 1, size, size], data };
};

/** A map with two single cells. */
function map(): ActivationMap {
  const data = new Float32Array(cells * cells);
  data[2 * cells + 6] = 1;
  data[5 * cells + 1] = 0.5;
  return { width: cells, height: cells, data, peak: 3 };
}

describe('confirmedByCovering', () => {
  it('moves the maximum to the peak whose cover lowers the logit, with the fall as its height', async () => {
    // Cell (1, 5) has its middle at (6, 22): covered with 8 x 8 pixels, the pixel falls to the mean, 1024 / 1024.
    const confirmed = await confirmedByCovering(seesPixel(6, 22), picture(), 0, map());
    expect(confirmed.peak).toBe(1023);
    expect(confirmed.data[5 * cells + 1]).toBe(1);
    // Nothing remains around the other peak: covering it lowers the logit by 0.
    expect(confirmed.data[2 * cells + 6]).toBe(0);
    // The cell next to the first peak has the weight 2/16 instead of 4/16.
    expect(confirmed.data[5 * cells + 2]).toBeCloseTo(0.5, 6);
  });

  it('leaves the map where no cover lowers the logit', async () => {
    const { data, peak } = await confirmedByCovering(seesPixel(30, 2), picture(), 0, map());
    expect(peak).toBe(3);
    // Means of 3 x 3 cells: 4/16 of what a single cell had.
    expect([data[2 * cells + 6], data[5 * cells + 1]]).toEqual([0.25, 0.125]);
  });
});
