import { describe, expect, it } from 'vitest';
import type { Acquisition } from '../acquisition/geometry.js';
import { drawAnatomy } from '../head/anatomy.js';
import { Head } from '../head/head.js';
import { createRandom } from '../random.js';
import { createSliceRenderer } from './slice.js';

const SIZE = 256;
const SPACING = 0.95;
const HALF = (SIZE / 2) * SPACING;

/** A young average head, straight, without noise, cut at the given heights. */
function renderAt(heights: readonly number[]) {
  const anatomy = { ...drawAnatomy(createRandom('tissue')), scale: [1, 1, 1] as const, atrophy: 0.2 };
  const straight = { ...anatomy, ventricles: 1, ventricleAsymmetry: 0, skew: 0, leukoaraiosis: 0 };
  const acquisition: Acquisition = {
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
  const surroundings = new Float32Array(SIZE * SIZE).fill(-1000);
  const head = new Head({ ...straight, calcifiedPineal: false, calcifiedChoroid: false });
  const renderer = createSliceRenderer({ head, bleeds: [], acquisition }, { surroundings, seed: 'x' });
  return heights.map((_, i) => renderer.render(i).hounsfield.slice());
}

/** HU at a point of a slice, in mm of head coordinates. */
const at = (image: Int16Array, x: number, y: number): number =>
  image[Math.round((y + HALF) / SPACING) * SIZE + Math.round((x + HALF) / SPACING)]!;

describe('tissues at known points', () => {
  const [eyes, thalami, ventricles, centrum] = renderAt([-28, 4, 14, 36]);
  if (!eyes || !thalami || !ventricles || !centrum) throw new Error('four slices');

  it('cerebrospinal fluid in the lateral ventricles: 0 to 12 HU', () => {
    for (const x of [8, -8]) {
      expect(at(ventricles, x, -22)).toBeGreaterThanOrEqual(0);
      expect(at(ventricles, x, -22)).toBeLessThanOrEqual(12);
    }
  });

  it('white matter in the centrum semiovale: 25 to 32 HU', () => {
    for (const x of [24, -24]) {
      expect(at(centrum, x, 5)).toBeGreaterThanOrEqual(25);
      expect(at(centrum, x, 5)).toBeLessThanOrEqual(32);
    }
  });

  it('gray matter in the thalami: 34 to 42 HU', () => {
    for (const x of [11, -11]) {
      expect(at(thalami, x, 8)).toBeGreaterThanOrEqual(34);
      expect(at(thalami, x, 8)).toBeLessThanOrEqual(42);
    }
  });

  it('bone on a ray through the side of the vault: up to 800 to 1800 HU', () => {
    const ray = Array.from({ length: 40 }, (_, i) => at(centrum, 45 + i, 0));
    expect(Math.max(...ray)).toBeGreaterThan(800);
    expect(Math.max(...ray)).toBeLessThan(1800);
  });

  it('globes of 5 to 30 HU in orbital fat of -110 to -60 HU', () => {
    for (const x of [32, -32]) {
      expect(at(eyes, x, -73)).toBeGreaterThan(5);
      expect(at(eyes, x, -73)).toBeLessThan(30);
    }
    expect(at(eyes, 24, -56)).toBeGreaterThan(-110);
    expect(at(eyes, 24, -56)).toBeLessThan(-60);
  });

  it('air outside and in the sphenoid sinus', () => {
    expect(at(ventricles, -118, -118)).toBe(-1000);
    expect(at(eyes, 5, -24)).toBeLessThan(-800);
  });
});
