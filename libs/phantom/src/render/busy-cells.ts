import type { Grid } from './field.js';
import { AIR } from './finish.js';

/** For each row of pixels the runs of cells that hold anything but air: from, to (not included), from, to ... */
export type BusyCells = readonly (readonly number[])[];

export function busyCells(image: Float32Array, { rows, columns, step }: Grid): BusyCells {
  return Array.from({ length: rows }, (_, row) => {
    const runs: number[] = [];
    for (let cell = 0; cell * step < columns; cell++) {
      const first = row * columns + cell * step;
      const end = Math.min((row + 1) * columns, first + step);
      let pixel = first;
      while (pixel < end && image[pixel] === AIR) pixel++;
      if (pixel === end) continue;
      if (runs[runs.length - 1] === cell) runs[runs.length - 1] = cell + 1;
      else runs.push(cell, cell + 1);
    }
    return runs;
  });
}
