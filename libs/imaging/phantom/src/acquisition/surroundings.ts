import type { Random } from '../random.js';
import { AIR, OUTSIDE_CIRCLE } from '../render/finish.js';
import type { Acquisition } from './geometry.js';

/** What is in the image besides the patient, the same in all slices of a study: HU per pixel. */
export function drawSurroundings(acquisition: Acquisition, random: Random, circle: boolean): Float32Array {
  const { rows, columns, spacing } = acquisition;
  const image = new Float32Array(rows * columns).fill(AIR);
  const radius = random.between(104, 116);
  const middle = columns / 2 + random.around(0, 3) / spacing;
  const depth = rows / 2 - random.between(0, 10) / spacing;
  const shell = random.between(30, 160);
  const wall = random.between(1.2, 2.2);
  const opening = random.between(0.25, 0.55);
  const table = rows / 2 + (radius + random.between(2, 8)) / spacing;
  const isCircle = circle ? (rows / 2) ** 2 : Infinity;
  for (let row = 0; row < rows; row++) {
    const y = (row - depth) * spacing;
    for (let column = 0; column < columns; column++) {
      const x = (column - middle) * spacing;
      const pixel = row * columns + column;
      if ((row - rows / 2) ** 2 + (column - columns / 2) ** 2 > isCircle) {
        image[pixel] = OUTSIDE_CIRCLE;
        continue;
      }
      const square = x * x + y * y;
      if (y > -12 && square > (radius - 8) ** 2 && square < (radius + 8) ** 2) {
        const r = Math.sqrt(square);
        // The cradle: a thin shell with foam inside, open to the front.
        const cover = Math.min(1, Math.max(0, 0.5 + (wall - Math.abs(r - radius)) / 1.2));
        const rim = Math.min(1, Math.max(0, (y / r + opening) * 6));
        image[pixel] = AIR + cover * rim * (1000 + shell);
        if (r < radius) image[pixel] = Math.max(image[pixel]!, AIR + 45 * rim);
      }
      const below = Math.abs(row - table - (x * x) / (900 * spacing)) * spacing;
      if (below < 2.4) image[pixel] = Math.max(image[pixel]!, AIR + 880 * Math.min(1, 2.4 - below));
    }
  }
  return image;
}
