import { describe, expect, it } from 'vitest';
import { confirmedByCovering, type View } from './confirmed.js';
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

const view = (x: number, y: number): View => ({ run: seesPixel(x, y), image: picture(), logit: 0 });

/** A map with two peaks. */
function map(): ActivationMap {
  const data = new Float32Array(cells * cells);
  data[2 * cells + 6] = 1;
  data[5 * cells + 1] = 0.5;
  data[5 * cells + 2] = 0.25;
  return { width: cells, height: cells, data, peak: 3 };
}

describe('confirmedByCovering', () => {
  it('moves the maximum to the peak whose cover lowers the logit, with the fall as its height', async () => {
    // Cell (1, 5) has its middle at (6, 22): covered with 8 x 8 pixels, the pixel falls to the mean, 1024 / 1024.
    const confirmed = await confirmedByCovering([view(6, 22)], map());
    expect(confirmed.peak).toBe(1023);
    expect(confirmed.data[5 * cells + 1]).toBe(1);
    // Nothing remains around the other peak: covering it lowers the logit by 0.
    expect(confirmed.data[2 * cells + 6]).toBe(0);
    // A cell keeps its share of its peak, 0.25 / 0.5.
    expect(confirmed.data[5 * cells + 2]).toBe(0.5);
  });

  it('has one maximum: a cell on the slope to a higher peak stays below the confirmed one', async () => {
    // The cell between them is on the slope to the higher peak, and nearest to the confirmed one: 0.7 over 0.5.
    const data = new Float32Array(cells * cells);
    data.set([0.5, 0.7, 0.8, 1], 5 * cells + 1);
    const steep = { width: cells, height: cells, data, peak: 3 };
    const confirmed = await confirmedByCovering([view(6, 22)], steep);
    expect(confirmed.data[5 * cells + 2]).toBeCloseTo(0.5 / 0.7, 6);
    expect(confirmed.data.filter((value) => value === 1)).toHaveLength(1);
    expect(confirmed.data.indexOf(1)).toBe(5 * cells + 1);
  });

  it('adds the falls of several networks, each in pixels of its own picture', async () => {
    // The second network sees the same place in a picture of half the size: pixel (3, 11) of 16 x 16, 256 / 256 on average.
    const half = 16;
    const data = new Float32Array(half * half);
    data[11 * half + 3] = 256;
    const other: View = {
      run: ({ image }) => {
        const samples = image!.shape[0]!;
        const logits = Float32Array.from(
          { length: samples },
          (_, i) => image!.data[i * half * half + 11 * half + 3]!,
        );
        return Promise.resolve({ logits: { shape: [samples, 1], data: logits } });
      },
      image: { shape: [1, 1, half, half], data },
      logit: 0,
    };
    const confirmed = await confirmedByCovering([view(6, 22), other, view(30, 2)], map());
    expect(confirmed.peak).toBe(1023 + 255);
    expect(confirmed.data[5 * cells + 1]).toBe(1);
  });

  it('leaves the map where no cover lowers the logit', async () => {
    const { data, peak } = await confirmedByCovering([view(30, 2)], map());
    expect(peak).toBe(3);
    expect(data).toEqual(map().data);
  });
});
