import type { GrayImage } from './grayscale-png.js';

/** A display window in HU. */
export interface DisplayWindow {
  readonly center: number;
  readonly width: number;
}

export const BRAIN: DisplayWindow = { center: 40, width: 80 };
export const SUBDURAL: DisplayWindow = { center: 80, width: 200 };
export const BONE: DisplayWindow = { center: 600, width: 2800 };

/** Rows x columns of HU. */
export interface HounsfieldImage {
  readonly rows: number;
  readonly columns: number;
  readonly hounsfield: ArrayLike<number>;
}

/**
 * Gray 0..255 of an image in a window, shrunk so that its longer side has at most `side` pixels
 * (area average, after windowing HU, as a viewer shows it).
 */
export function windowToGray(
  image: HounsfieldImage,
  { center, width }: DisplayWindow,
  side?: number,
): GrayImage {
  const { rows, columns, hounsfield } = image;
  const scale = Math.min(1, (side ?? Infinity) / Math.max(rows, columns));
  const targetHeight = Math.max(1, Math.round(rows * scale));
  const targetWidth = Math.max(1, Math.round(columns * scale));
  const pixels = new Uint8Array(targetHeight * targetWidth);
  const low = center - width / 2;
  for (let y = 0; y < targetHeight; y++) {
    const top = Math.floor((y * rows) / targetHeight);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * rows) / targetHeight));
    for (let x = 0; x < targetWidth; x++) {
      const left = Math.floor((x * columns) / targetWidth);
      const right = Math.max(left + 1, Math.floor(((x + 1) * columns) / targetWidth));
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          sum += Math.min(1, Math.max(0, (hounsfield[row * columns + column]! - low) / width));
        }
      }
      pixels[y * targetWidth + x] = Math.round((255 * sum) / ((bottom - top) * (right - left)));
    }
  }
  return { width: targetWidth, height: targetHeight, pixels };
}
