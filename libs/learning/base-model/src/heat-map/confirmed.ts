import { present } from '@ichor/files/present';
import type { Tensor } from '@ichor/nn';
import type { ActivationMap } from './grad-cam.js';
import { fallsOf, type Run } from './occlusion.js';

/** Peaks of a map that are tried; each costs a pass. */
const PEAKS = 8;

/** A picture as one network sees it, and the output that is to be explained. */
export interface View {
  readonly run: Run;
  /** [1, channels, size, size] */
  readonly image: Tensor;
  readonly logit: number;
}

/**
 * A class activation map whose peaks are as high as covering them lowers the logit, the sum of the logits of several networks. The map says
 * where features support the label, but a feature sees far beyond its cell; covering says whether that place itself matters. Each cell keeps
 * its share of the nearest peak. Where no cover lowers the logit, the map stays as it is.
 */
export async function confirmedByCovering(
  views: readonly View[],
  unsteady: ActivationMap,
): Promise<ActivationMap> {
  const map = smoothed(unsteady);
  const peaks = peaksOf(map);
  const placeOf = (index: number) => ({ x: index % map.width, y: Math.floor(index / map.width) });
  const falls = peaks.map(() => 0);
  for (const { run, image, logit } of views) {
    const cell = (image.shape[3] ?? 0) / map.width;
    const squares = peaks.map((peak) => {
      const { x, y } = placeOf(peak);
      return { x: (x + 0.5) * cell, y: (y + 0.5) * cell, side: 2 * cell };
    });
    for (const [number, fall] of (await fallsOf(run, image, logit, squares)).entries())
      falls[number]! += fall;
  }
  const largest = falls.reduce((highest, fall) => Math.max(highest, fall), 0);
  if (largest === 0) return map;
  const data = map.data.map((value, index) => {
    const { x, y } = placeOf(index);
    let nearest = 0;
    let least = Infinity;
    for (const [number, peak] of peaks.entries()) {
      const place = placeOf(peak);
      const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
      if (distance < least) [nearest, least] = [number, distance];
    }
    return Math.min(1, value / map.data[present(peaks[nearest])]!) * (falls[nearest]! / largest);
  });
  return { ...map, data, peak: largest };
}

/** Means of 3 x 3 cells with weights 1 2 1 in both directions, inside the map: neighbouring cells come from different copies. */
function smoothed(map: ActivationMap): ActivationMap {
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
  return { ...map, data };
}

/** The largest cells, each at least two cells from the others in every direction. */
function peaksOf({ width, height, data }: ActivationMap): number[] {
  const left = data.slice();
  const peaks: number[] = [];
  while (peaks.length < PEAKS) {
    const best = left.reduce((most, value, index) => (value > left[most]! ? index : most), 0);
    if (!(left[best]! > 0)) break;
    peaks.push(best);
    const [x, y] = [best % width, Math.floor(best / width)];
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) left[v * width + u] = 0;
    }
  }
  return peaks;
}
