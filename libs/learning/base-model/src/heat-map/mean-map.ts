import type { ActivationMap } from './grad-cam.js';

/**
 * The mean of maps of the same picture, each from 0 to 1, on the grid of the finest; between the middles of its cells a coarser map is
 * interpolated linearly. Undefined without maps.
 *
 * @returns its `peak` is the largest mean; the values are relative to it
 */
export function meanMap(maps: readonly ActivationMap[]): ActivationMap | undefined {
  const [first, ...others] = maps;
  if (!first || others.length === 0) return first;
  const { width, height } = maps.reduce((finest, map) => (map.width > finest.width ? map : finest), first);
  const data = new Float32Array(width * height);
  for (const map of maps) {
    const across = positions(map.width, width);
    const down = positions(map.height, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        data[y * width + x]! += between(map, across[x]!, down[y]!) / maps.length;
      }
    }
  }
  const peak = data.reduce((highest, value) => Math.max(highest, value), 0);
  return { width, height, data: peak > 0 ? data.map((value) => value / peak) : data, peak };
}

/** The middles of `count` cells in units of a grid of `cells` cells whose middles are at 0, 1, ...; clipped to the outermost middles. */
function positions(cells: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) =>
    Math.min(Math.max(((index + 0.5) / count) * cells - 0.5, 0), cells - 1),
  );
}

function between({ width, data }: ActivationMap, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const row = (line: number) => {
    const at = line * width + left;
    return x > left ? data[at]! + (x - left) * (data[at + 1]! - data[at]!) : data[at]!;
  };
  return y > top ? row(top) + (y - top) * (row(top + 1) - row(top)) : row(top);
}
