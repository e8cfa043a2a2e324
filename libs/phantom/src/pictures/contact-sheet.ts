import type { GrayImage } from './grayscale-png.js';

/** Pastes pictures of one size into rows on black, `gap` pixels apart; rows may have gaps (undefined). */
export function contactSheet(rows: readonly (readonly (GrayImage | undefined)[])[], gap = 2): GrayImage {
  const all = rows.flat().filter((image) => image !== undefined);
  const cellWidth = Math.max(0, ...all.map(({ width }) => width));
  const cellHeight = Math.max(0, ...all.map(({ height }) => height));
  const across = Math.max(0, ...rows.map((row) => row.length));
  if (all.length === 0) throw new RangeError('contactSheet: expected at least one picture');
  const width = across * (cellWidth + gap) - gap;
  const height = rows.length * (cellHeight + gap) - gap;
  const pixels = new Uint8Array(width * height);
  rows.forEach((row, r) => {
    row.forEach((image, c) => {
      if (image === undefined) return;
      for (let y = 0; y < image.height; y++) {
        const line = image.pixels.subarray(y * image.width, (y + 1) * image.width);
        pixels.set(line, (r * (cellHeight + gap) + y) * width + c * (cellWidth + gap));
      }
    });
  });
  return { width, height, pixels };
}
