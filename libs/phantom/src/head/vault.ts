import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';

/** The egg of the skull's vault: the inner table, going on below the base of the skull. */
export class Vault {
  /** Of the last point: cosine between the normal and the body axis, 1 at the vertex, 0 at the sides. */
  steep = 0;
  private readonly egg: number;
  private readonly skew: number;
  private readonly seed: Anatomy['seed'];

  constructor({ egg, skew, seed }: Anatomy) {
    this.egg = egg;
    this.skew = skew;
    this.seed = seed;
  }

  /** Signed distance of a point in head coordinates, mm. */
  distance(x: number, y: number, z: number): number {
    const [sx, sy, sz] = this.seed;
    // Low-frequency dents keep the outline from being a mathematical curve.
    const dent = waves(sx + x * 0.06, sy + y * 0.06, sz + z * 0.06);
    const ex = (x - this.skew * y) / (1 + this.egg * y);
    const a = 65;
    const b = y < 0 ? 82 : 85;
    const c = z < 0 ? 66 : 73;
    const px = ex / a;
    const py = y / b;
    const pz = z / c;
    // A slightly squared section, as heads have: |x|^2.25 cheaply, by blending 2 and 4.
    const q = px * px + py * py + pz * pz - 0.22 * (px * px * py * py);
    const k0 = Math.sqrt(q > 1e-6 ? q : 1e-6);
    const k1 = Math.sqrt((px / a) ** 2 + (py / b) ** 2 + (pz / c) ** 2) + 1e-6;
    this.steep = Math.min(1, Math.abs(pz / c) / k1);
    return (k0 * (k0 - 1)) / k1 + 1.1 * dent;
  }
}
