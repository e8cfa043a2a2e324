import { present } from '@ichor/files/present';
import type { Tensor } from '@ichor/nn';
import type { ActivationMap } from './grad-cam.js';

/**
 * Four copies of a picture, moved by a quarter of a cell: up and left, up and right, down and left, down and right; what comes in
 * at a border repeats it. The maps of such copies lie between one another, see {@link stitched}.
 *
 * @param image [1, channels, height, width]
 * @param quarter pixels
 */
export function shiftedCopies({ shape, data }: Tensor, quarter: number): Tensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  const copies = new Float32Array(4 * data.length);
  let at = 0;
  for (const dy of [quarter, -quarter]) {
    for (const dx of [quarter, -quarter]) {
      for (let channel = 0; channel < channels; channel++) {
        for (let y = 0; y < height; y++) {
          const row = (channel * height + within(y + dy, height)) * width;
          for (let x = 0; x < width; x++) copies[at++] = data[row + within(x + dx, width)]!;
        }
      }
    }
  }
  return { shape: [4, channels, height, width], data: copies };
}

/**
 * One map with half the distance from cell to cell, of those of the {@link shiftedCopies} in their order ("shift and stitch",
 * Long et al. 2015). The value of a cell in a copy that was moved up and left belongs to the lower right quarter of the cell.
 */
export function stitched(maps: readonly ActivationMap[]): ActivationMap {
  const { width, height } = present(maps[0]);
  const peak = Math.max(...maps.map((map) => map.peak));
  const data = new Float32Array(4 * width * height);
  for (const [copy, map] of maps.entries()) {
    // The first copies show what lies lower and further right.
    const [down, right] = [copy < 2 ? 1 : 0, copy % 2 === 0 ? 1 : 0];
    for (const [cell, value] of map.data.entries()) {
      const y = 2 * Math.floor(cell / width) + down;
      const x = 2 * (cell % width) + right;
      data[y * 2 * width + x] = peak > 0 ? (value * map.peak) / peak : 0;
    }
  }
  return { width: 2 * width, height: 2 * height, data, peak };
}

/**
 * Means of 3 x 3 cells with weights 1 2 1 in both directions, inside the map, again from 0 to 1: neighbouring cells of a stitched map come
 * from different copies.
 */
export function smoothed(map: ActivationMap): ActivationMap {
  const { width, height } = map;
  const data = map.data.map((_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    let sum = 0;
    let weights = 0;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const weight = (u === x ? 2 : 1) * (v === y ? 2 : 1);
        sum += weight * map.data[v * width + u]!;
        weights += weight;
      }
    }
    return sum / weights;
  });
  const most = data.reduce((highest, value) => Math.max(highest, value), 0);
  return { ...map, data: most > 0 ? data.map((value) => value / most) : data, peak: map.peak * most };
}

function within(position: number, count: number): number {
  return Math.min(Math.max(position, 0), count - 1);
}
