import type { Anatomy } from '../head/anatomy.js';
import type { NodeRow } from '../head/node-row.js';
import { tentoriumHeight } from '../head/tentorium.js';
import { WAVELENGTH, waves } from '../spectral-noise.js';
import type { Fields } from './fields.js';

/** Distance between neighbouring sulci is half of this, mm. */
const GYRAL_WAVELENGTH = 24;
const PER_MM = WAVELENGTH / GYRAL_WAVELENGTH;
/** Root mean square slope of the waves along one direction, per mm. */
const SLOPE = (2 * Math.PI) / GYRAL_WAVELENGTH;

/** By how much blood in the fluid widens the gap over the brain and half of a sulcus, mm: varied bleeds fill the folds of full brains too. */
const widenedByBlood = ({ variation }: Anatomy) =>
  variation.variedBleeds ? { gap: 1.05, half: 1.1 } : { gap: 0.5, half: 0.55 };

/** Surface of the brain, sulci, white matter. */
export function evaluateFolds(row: NodeRow, fields: Fields, anatomy: Anatomy, edge: number): void {
  const { index: i, cavity, x, y, z, inner, coarse, squeeze, stain } = row;
  const gap = 0.6 + 1.6 * anatomy.atrophy;
  const widened = widenedByBlood(anatomy);
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    const depth = -inner[j]!;
    const lobes = 0.5 + 0.5 * coarse[j]!;
    const gapHere = Math.max(0.2, gap * (1 - squeeze[j]!) + (stain[j]! > 0 ? widened.gap : 0));
    fields.brain.set(i, j, (inner[j]! + gapHere + 0.5 * lobes) / edge);
    const below = y[j]! > 14 && z[j]! < tentoriumHeight(Math.abs(x[j]!), y[j]!);
    const ribbon = 3.2 + 0.6 * lobes;
    fields.white.set(i, j, below ? (ribbon * 2.2 - depth) / 4 : (gapHere + ribbon - depth) / 2.2);
    // Deeper than any fold and its ribbon of gray matter nothing of them needs to be known.
    const reach = 10 + 7 * lobes;
    if (depth < reach + 10) evaluateSulcus(row, j, fields, anatomy, reach, below);
  }
}

/** Sheets perpendicular to the surface: the field changes slowly along the radius. */
function evaluateSulcus(
  row: NodeRow,
  j: number,
  fields: Fields,
  anatomy: Anatomy,
  reach: number,
  below: boolean,
): void {
  const { seed, atrophy } = anatomy;
  const [sx, sy, sz] = seed;
  const x = row.x[j]!;
  const y = row.y[j]!;
  const z = row.z[j]!;
  const depth = -row.inner[j]!;
  const stain = row.stain[j]!;
  const node = row.index * row.x.length + j;
  const radial = Math.sqrt(x * x + y * y + (z - 5) * (z - 5)) + 1e-3;
  const stretch = 0.35 + 45 / radial;
  const bend = waves(sy + 0.2 * x, sz + 0.2 * y, sx + 0.2 * z);
  const wx = 2.2 * bend;
  const n = waves(
    sx + PER_MM * (x * stretch + 2 * wx),
    sy + PER_MM * (y * stretch - 2 * wx),
    sz + PER_MM * ((z - 5) * stretch + wx),
  );
  fields.sulcus.put(node, n / SLOPE / 1.1);
  // How far a sulcus reaches, how wide it is; folds gape and close along their course.
  const wide = 0.35 + 1.15 * atrophy;
  const taper = Math.max(0, depth - reach * 0.35) / (reach * 0.65);
  const lobes = 0.5 + 0.5 * row.coarse[j]!;
  const gape = 0.6 + 0.45 * lobes + 0.4 * bend;
  let half = wide * gape * (1 - taper * taper) + (stain > 0 ? widenedByBlood(anatomy).half * stain : 0);
  half -= 1.6 * row.squeeze[j]!;
  const cerebellar = z < -14 && y > 8;
  if (below || cerebellar) half = Math.min(half, 0.5 * wide) - (n * n > 0.2 ? 0.3 : 0);
  if (taper >= 1) half = -(depth - reach) - 0.5;
  fields.sulcusHalf.put(node, half);
}
