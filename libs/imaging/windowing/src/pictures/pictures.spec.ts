import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import {
  grayPicture,
  contactSheet,
  displayWindows,
  encodePng,
  enlarge,
  heatColors,
  overlayHeat,
  shrink,
} from './index.js';

const slice = (width: number, values: number[]) => ({
  width,
  height: values.length / width,
  data: Int16Array.from(values),
});

describe('grayPicture', () => {
  it('maps the brain window 40/80: 0 HU black, 40 HU middle gray, 80 HU white, clamped outside', () => {
    const { data } = grayPicture(slice(5, [-1000, 0, 40, 80, 3000]), displayWindows.brain);
    // 40 HU: 40 * 255 / 80 = 127.5, rounded half up.
    expect([...data]).toEqual([0, 0, 128, 255, 255]);
  });
});

describe('shrink', () => {
  it('averages blocks, the incomplete ones at the border over what they have', () => {
    // 3x3 to at most 2 pixels: blocks of 2x2; means worked by hand.
    const small = shrink(slice(3, [0, 4, 10, 8, 12, 20, 1, 3, 7]), 2);
    expect(small).toMatchObject({ width: 2, height: 2 });
    expect([...small.data]).toEqual([6, 15, 2, 7]);
  });

  it('returns a slice that fits untouched', () => {
    const fits = slice(2, [1, 2, 3, 4]);
    expect(shrink(fits, 2)).toBe(fits);
  });
});

describe('enlarge', () => {
  it('follows the half-pixel convention of bilinear resizing', () => {
    // cv2.resize([[0, 1]], (4, 1), interpolation=cv2.INTER_LINEAR) gives 0, 0.25, 0.75, 1.
    const wide = enlarge({ width: 2, height: 1, data: Float32Array.of(0, 1) }, 4, 1);
    expect([...wide.data]).toEqual([0, 0.25, 0.75, 1]);
  });
});

describe('overlayHeat', () => {
  it('leaves cold pixels as they are and tints hot ones by at most the opacity', () => {
    const picture = { width: 2, height: 1, data: Uint8Array.of(100, 100) };
    const { data } = overlayHeat(picture, { width: 2, height: 1, data: Float32Array.of(0, 1) }, 0.5);
    // Hot: half of (100, 100, 100), half of the last colour (255, 240, 160).
    expect([...data]).toEqual([100, 100, 100, 178, 170, 130]);
  });
});

describe('heatColors', () => {
  it('runs through its four stops, and mixes between them', () => {
    const at = (step: number) => [...heatColors.subarray(3 * step, 3 * step + 3)];
    expect(heatColors).toHaveLength(3 * 256);
    // The stops lie at 0, 85, 170 and 255 of 255; 42.5 is halfway between the first two: step 43 is 43 / 85 of the way.
    expect([at(0), at(85), at(170), at(255)]).toEqual([
      [64, 0, 32],
      [200, 24, 24],
      [255, 140, 0],
      [255, 240, 160],
    ]);
    expect(at(43)).toEqual([133, 12, 28]); // 64 + 136 x 0.506 = 132.8, 24 x 0.506 = 12.1, 32 - 8 x 0.506 = 28.0
  });
});

describe('encodePng', () => {
  it('is read back by a PNG decoder', () => {
    const data = Uint8Array.of(0, 50, 100, 150, 200, 250);
    const decoded = decode(encodePng({ width: 3, height: 2, data }));
    expect(decoded).toMatchObject({ width: 3, height: 2, channels: 1, depth: 8 });
    expect([...decoded.data]).toEqual([...data]);
  });
});

describe('contactSheet', () => {
  it('puts each picture into its cell', () => {
    const dot = (level: number) => ({ width: 1, height: 1, data: Uint8Array.of(level) });
    const sheet = contactSheet([dot(1), dot(2), dot(3)], { columns: 2, gap: 1, background: 9 });
    expect(sheet).toMatchObject({ width: 5, height: 5 });
    expect([...sheet.data]).toEqual([
      9, 9, 9, 9, 9, 9, 1, 9, 2, 9, 9, 9, 9, 9, 9, 9, 3, 9, 9, 9, 9, 9, 9, 9, 9,
    ]);
  });
});
