import type { Acquisition } from '../acquisition/geometry.js';
import { drawAnatomy } from '../head/anatomy.js';
import { Head } from '../head/head.js';
import { averageVariation, type Variation } from '../head/variation.js';
import { createRandom } from '../random.js';
import { createSliceRenderer } from '../render/slice.js';

export const SIZE = 256;
export const SPACING = 0.95;
/** Distance from the middle of a slice to its first pixel, mm. */
export const HALF = (SIZE / 2) * SPACING;

/** Axes of head and patient are the same; slices of 1 mm without noise. */
export function straightAcquisition(heights: readonly number[]): Acquisition {
  return {
    rows: SIZE,
    columns: SIZE,
    spacing: SPACING,
    thickness: 1,
    tilt: 0,
    positions: heights.map((z) => [-HALF, -HALF, z] as const),
    toHead: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    headAt: [0, 0, 0],
    noise: 0,
  };
}

/** A young average head, and how it leaves the average. */
export function straightHead(variation: Partial<Variation> = {}): Head {
  const anatomy = drawAnatomy(createRandom('tissue'), { ...averageVariation, ...variation });
  return new Head({
    ...anatomy,
    scale: [1, 1, 1],
    atrophy: 0.2,
    ventricles: 1,
    ventricleAsymmetry: 0,
    skew: 0,
    leukoaraiosis: 0,
    calcifiedPineal: false,
    calcifiedChoroid: false,
  });
}

/** HU of a young average head, cut at the given heights. */
export function renderAt(heights: readonly number[], variation: Partial<Variation> = {}): Int16Array[] {
  const acquisition = straightAcquisition(heights);
  const scene = { head: straightHead(variation), bleeds: [], acquisition };
  const surroundings = new Float32Array(SIZE * SIZE).fill(-1000);
  const renderer = createSliceRenderer(scene, { surroundings, seed: 'x' });
  return heights.map((_, i) => renderer.render(i).hounsfield.slice());
}

/** HU at a point of a slice, in mm of head coordinates. */
export function at(image: Int16Array, x: number, y: number): number {
  return image[Math.round((y + HALF) / SPACING) * SIZE + Math.round((x + HALF) / SPACING)] ?? NaN;
}
