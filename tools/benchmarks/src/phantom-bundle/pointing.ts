import type { HeatMap } from '@ichor/windowing/pictures';

/** Where blood is: rows x columns, not 0 where it is visible. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly mask: ArrayLike<number>;
}

/**
 * From the largest cell of a heat map to the nearest pixel of blood, mm; 0 inside it, Infinity where there is none. The map
 * lies over the whole picture; the middle of the cell counts.
 *
 * @param spacing of a pixel, mm
 */
export function distanceToBlood(heat: HeatMap, { width, height, mask }: Mask, spacing: number): number {
  let best = 0;
  for (let cell = 1; cell < heat.data.length; cell++) {
    if (heat.data[cell]! > heat.data[best]!) best = cell;
  }
  const x = ((best % heat.width) + 0.5) * (width / heat.width) - 0.5;
  const y = (Math.floor(best / heat.width) + 0.5) * (height / heat.height) - 0.5;
  let nearest = Infinity;
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (mask[pixel] === 0) continue;
    // A pixel reaches half its side to either side of its middle.
    const dx = Math.max(0, Math.abs((pixel % width) - x) - 0.5);
    const dy = Math.max(0, Math.abs(Math.floor(pixel / width) - y) - 0.5);
    nearest = Math.min(nearest, Math.hypot(dx, dy));
  }
  return nearest * spacing;
}
