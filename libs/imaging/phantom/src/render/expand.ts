import type { Field } from './field.js';
import type { Region } from './region.js';

/** Interpolates a field onto the pixels of a region: target = offset + factor * field. */
export function expand(
  target: Float32Array,
  { grid, values }: Field,
  { inside, band }: Region,
  offset: number,
  factor: number,
): void {
  const { step, width, rows, columns } = grid;
  for (let cell = band.top; cell < band.bottom; cell++) {
    const right = inside.end(cell);
    const end = Math.min(rows, (cell + 1) * step);
    for (let row = cell * step; row < end; row++) {
      const t = (row - cell * step) / step;
      for (let column = inside.start(cell); column < right; column++) {
        const p = cell * width + column;
        const q = p + width;
        const a = values[p]! + t * (values[q]! - values[p]!);
        const b = values[p + 1]! + t * (values[q + 1]! - values[p + 1]!);
        let pixel = row * columns + column * step;
        const stop = Math.min((row + 1) * columns, pixel + step);
        const slope = (factor * (b - a)) / step;
        for (let value = offset + factor * a; pixel < stop; pixel++, value += slope) target[pixel] = value;
      }
    }
  }
}
