import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { contactSheet } from './contact-sheet.js';
import { grayscalePng } from './grayscale-png.js';
import { BRAIN, windowToGray } from './window-gray.js';

describe('pictures', () => {
  it('show 0 HU black, 40 HU in the middle, 80 HU white in the brain window', () => {
    const image = { rows: 1, columns: 4, hounsfield: [-1000, 0, 40, 80] };
    expect([...windowToGray(image, BRAIN).pixels]).toEqual([0, 0, 128, 255]);
  });

  it('shrink by the mean of the gray values', () => {
    const image = { rows: 2, columns: 2, hounsfield: [0, 80, 80, 3000] };
    // (0 + 255 + 255 + 255) / 4 = 191.25
    expect([...windowToGray(image, BRAIN, 1).pixels]).toEqual([191]);
  });

  it('stand on a sheet with a gap, and come back from the PNG', () => {
    const dot = (value: number) => ({ width: 1, height: 1, pixels: Uint8Array.of(value) });
    const sheet = contactSheet(
      [
        [dot(9), dot(8)],
        [undefined, dot(7)],
      ],
      1,
    );
    expect([sheet.width, sheet.height, ...sheet.pixels]).toEqual([3, 3, 9, 0, 8, 0, 0, 0, 0, 0, 7]);
    const back = decode(grayscalePng(sheet));
    expect([...back.data]).toEqual([...sheet.pixels]);
  });

  it('refuse a size that does not fit', () => {
    expect(() => grayscalePng({ width: 2, height: 2, pixels: new Uint8Array(3) })).toThrow('3 pixels');
  });
});
