import type { Band, Field } from './field.js';

/** The cells of a band that something touches. */
export interface Region {
  readonly inside: Field;
  readonly band: Band;
}

/** Calls `visit` with the range of pixels of every row of a region. */
export function eachRow({ inside, band }: Region, visit: (from: number, to: number) => void): void {
  const { rows, columns, step } = inside.grid;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const left = inside.start(cell) * step;
    const right = Math.min(columns, inside.end(cell) * step);
    if (left >= right) continue;
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) visit(row * columns + left, row * columns + right);
  }
}
