import { present } from '@ichor/files/present';
import type { Tensor } from '@ichor/nn';
import type { ActivationMap } from './grad-cam.js';
import { fallsOf, type Run } from './occlusion.js';

/** Peaks of a map that are tried; each costs a pass. */
const PEAKS = 8;
/** Cells: closer peaks are one. */
const APART = 2;

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
  map: ActivationMap,
): Promise<ActivationMap> {
  const peaks = peaksOf(map);
  const placeOf = (index: number) => ({ x: index % map.width, y: Math.floor(index / map.width) });
  const falls = new Float64Array(peaks.length);
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
    // Above 1 on the slope towards another, higher peak: so that the maximum lies at the confirmed one alone.
    const share = value / map.data[present(peaks[nearest])]!;
    return Math.min(share, 1 / share) * (falls[nearest]! / largest);
  });
  return { ...map, data, peak: largest };
}

/** The largest cells, each more than {@link APART} cells from the others in one direction. */
function peaksOf({ width, height, data }: ActivationMap): number[] {
  const left = data.slice();
  const peaks: number[] = [];
  while (peaks.length < PEAKS) {
    const best = left.reduce((most, value, index) => (value > left[most]! ? index : most), 0);
    if (!(left[best]! > 0)) break;
    peaks.push(best);
    const [x, y] = [best % width, Math.floor(best / width)];
    for (let v = Math.max(0, y - APART); v <= Math.min(height - 1, y + APART); v++) {
      for (let u = Math.max(0, x - APART); u <= Math.min(width - 1, x + APART); u++) left[v * width + u] = 0;
    }
  }
  return peaks;
}
