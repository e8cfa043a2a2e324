import { cone, createCone, ellipsoid, join, type Cone } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';

/** The left lateral ventricle from the tip of the frontal horn to that of the occipital horn. */
const horns: readonly Cone[] = [
  createCone([15, -37, 6, 2.4], [8, -22, 14, 4.6]),
  createCone([8, -22, 14, 4.6], [9.5, 2, 22, 5]),
  createCone([9.5, 2, 22, 5], [14, 20, 22, 5.4]),
  createCone([14, 20, 22, 5.4], [24, 34, 10, 6.4]),
  createCone([24, 34, 10, 6.4], [22, 57, 5, 2.6]),
];
const temporalHorns: readonly Cone[] = [
  createCone([24, 34, 10, 6], [32, 22, -8, 2.6]),
  createCone([32, 22, -8, 2.6], [30, 0, -17, 1.8]),
];

/** The ventricular system. */
export class Ventricles {
  private readonly anatomy: Anatomy;

  constructor(anatomy: Anatomy) {
    this.anatomy = anatomy;
  }

  /** Signed distance, mm; exact near the walls, an upper bound far away. */
  distance(x: number, y: number, z: number): number {
    if (z > 42 || z < -58 || y < -50 || y > 72 || x > 48 || x < -48) return 60;
    const { ventricles: size, ventricleAsymmetry: asymmetry, atrophy, seed } = this.anatomy;
    const side = x > 0 ? 1 + asymmetry : 1 - asymmetry;
    const mx = Math.abs(x) / (1 + 0.12 * (size - 1));
    let distance = lateral(mx, y, z);
    distance -= 4.6 * (size - 1) * side + (side - 1) * 8;
    if (distance < 12) {
      distance -= 0.7 * waves(seed[0] + x * 0.25, seed[1] + y * 0.25, seed[2] + z * 0.25);
    }
    const third = ellipsoid(x, y - 2, z - 1, 1.2 + 1.6 * size * (0.6 + atrophy * 0.7), 14, 10.5);
    const fourth = z < -10 ? ellipsoid(x, y - 36, z + 34, 6 * size + 1.5, 5, 11) : 60;
    return Math.min(distance, third, fourth);
  }
}

/** Distance to the lateral ventricle of the left side. */
function lateral(mx: number, y: number, z: number): number {
  let distance = 60;
  for (const horn of horns) distance = join(distance, cone(mx, y, z, horn), 4);
  if (z < 12) for (const horn of temporalHorns) distance = join(distance, cone(mx, y, z, horn), 2);
  return distance;
}
