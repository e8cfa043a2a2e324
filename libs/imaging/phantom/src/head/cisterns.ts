import { cone, createCone, ellipsoid, join, type Cone } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';

/** Course of the Sylvian fissure at its outer end and over the insula, left side. */
const sylvian: readonly Cone[] = [
  createCone([20, -22, -17, 2], [34, -24, -9, 2]),
  createCone([34, -24, -9, 2], [41, -16, 0, 1.4]),
  createCone([41, -16, 0, 1.4], [43, 12, 9, 1.2]),
  createCone([43, 12, 9, 1.2], [60, 16, 13, 1.6]),
  createCone([41, -20, 3, 1.2], [60, -22, 4, 2]),
];
const star: readonly Cone[] = [
  createCone([0, -14, -22, 5], [17, -22, -19, 2]),
  createCone([0, -14, -22, 5], [0, -34, -18, 1.5]),
  createCone([0, -10, -24, 6], [15, 8, -22, 2]),
];

/** The cisterns at the base of the brain and the Sylvian fissures. */
export class Cisterns {
  private readonly grow: number;
  private readonly lean: number;
  private readonly seed: Anatomy['seed'];

  constructor({ atrophy, seed }: Anatomy) {
    this.grow = 0.9 * (atrophy - 0.35);
    this.lean = (seed[0] % 1) * 3 - 1.5;
    this.seed = seed;
  }

  /** Signed distance, mm. */
  distance(x: number, y: number, z: number): number {
    if (z > 26 || y > 84) return 60;
    const { grow, lean } = this;
    const mx = Math.abs(x + 0.02 * lean * y);
    let distance = 60;
    if (z > -36 && y < 40) {
      for (const segment of sylvian) distance = join(distance, cone(mx, y, z + lean, segment), 2);
      // The insula is a sheet: the middle of the fissure is tall.
      const insula = ellipsoid(mx - 42 - 0.15 * z, y + 3, z - 4, 1.5 + grow, 19, 12);
      distance = join(distance, insula, 1.5);
      for (const arm of star) distance = join(distance, cone(mx, y, z, arm), 3);
    }
    if (z < 10 && y > -12 && y < 50) distance = this.withRing(x, mx, y, z, distance);
    if (z < -30) {
      distance = join(distance, ellipsoid(mx, y - 74, z + 52, 12, 8, 10), 3);
      distance = join(distance, ellipsoid(mx - 27, y - 12, z + 36, 7, 3, 6), 2);
    }
    return distance - grow;
  }

  /** Midbrain and pons with a ring of fluid of uneven width: interpeduncular, ambient, quadrigeminal cisterns. */
  private withRing(x: number, mx: number, y: number, z: number, others: number): number {
    const { grow, seed } = this;
    const peduncles = y < 10 ? 1.5 * Math.cos(mx * 0.35) : 0;
    const stem = ellipsoid(mx, y - 14 - 0.12 * (z + 15), (z + 22) * 0.4, 17, 14, 14) + peduncles;
    const uneven = 0.9 * waves(seed[1] + 0.3 * x, seed[2] + 0.3 * y, seed[0] + 0.2 * z);
    const ring = Math.abs(stem - 2) - 1.2 - grow - uneven;
    const height = Math.abs(z + 18) - 17;
    const open = y > 18 && z < -14 ? 8 : 0;
    const distance = join(others, Math.max(ring, height, ring + open), 1.5);
    // The quadrigeminal cistern behind the colliculi.
    return join(distance, ellipsoid(mx, y - 32 + mx * mx * 0.02, z + 4, 17, 3.2 + grow, 7), 2);
  }
}

/** Signed distance to the deep gray nuclei: thalamus, head of the caudate, lentiform nucleus; mm. */
export function deepGray(x: number, y: number, z: number): number {
  if (z > 24 || z < -16 || y < -40 || y > 30) return 60;
  const mx = Math.abs(x);
  if (mx > 40) return 60;
  const thalamus = ellipsoid(mx - 11 - 0.25 * (y - 8), y - 8, z - 4, 8, 14, 9);
  const caudate = ellipsoid(mx - 14, y + 20, z - 9, 5, 9, 9);
  const lx = mx - 25;
  const ly = y + 3;
  const lentiform = ellipsoid(lx * 0.92 - ly * 0.39, lx * 0.39 + ly * 0.92, z - 2, 6.5, 17, 9);
  return Math.min(thalamus, caudate, lentiform);
}
