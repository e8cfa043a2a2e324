import type { GrayPicture } from './gray.js';

export interface ContactSheetOptions {
  readonly columns: number;
  /** Pixels between pictures. Default 4. */
  readonly gap?: number;
  /** Gray level between pictures. Default 24. */
  readonly background?: number;
}

/** Lays pictures out in rows; each cell is as large as the largest picture. */
export function contactSheet(
  pictures: readonly GrayPicture[],
  { columns, gap = 4, background = 24 }: ContactSheetOptions,
): GrayPicture {
  const cellWidth = Math.max(0, ...pictures.map((picture) => picture.width));
  const cellHeight = Math.max(0, ...pictures.map((picture) => picture.height));
  const rows = Math.ceil(pictures.length / columns);
  const width = gap + columns * (cellWidth + gap);
  const height = gap + rows * (cellHeight + gap);
  const data = new Uint8Array(width * height).fill(background);
  pictures.forEach((picture, index) => {
    const left = gap + (index % columns) * (cellWidth + gap);
    const top = gap + Math.floor(index / columns) * (cellHeight + gap);
    for (let y = 0; y < picture.height; y++) {
      const row = picture.data.subarray(y * picture.width, (y + 1) * picture.width);
      data.set(row, (top + y) * width + left);
    }
  });
  return { width, height, data };
}
