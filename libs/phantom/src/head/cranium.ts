import { cone, createCone, ellipsoid, join, meet, step } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';

/** The ridges of bone that rise into the cavity, on the left side (mirrored). */
const petrous = createCone([15, -1, -36, 6], [58, 30, -31, 13]);
const sphenoidWing = createCone([15, -23, -14, 2.2], [54, -38, -8, 4.5]);
const canal = createCone([0, 24, -44, 17], [0, 32, -115, 11]);

/** Distances of a point to the three surfaces of the cranium, mm. */
export interface Cranium {
  /** To the inner table: negative in the cavity. */
  inner: number;
  /** To the outer table: negative in bone and cavity. */
  outer: number;
  /** To the skin. */
  skin: number;
  /** To the egg of the vault alone, going on below the base of the skull. */
  vault: number;
  /** Cosine between the vault's normal and the body axis: 1 at the vertex, 0 at the sides. */
  steep: number;
}

/** Distances from a point in head coordinates; the result object is reused between calls. */
export type CraniumAt = (x: number, y: number, z: number) => Cranium;

export function createCranium({ egg, skew, skull, scalp, seed }: Anatomy): CraniumAt {
  const at: Cranium = { inner: 0, outer: 0, skin: 0, vault: 0, steep: 0 };
  const [sx, sy, sz] = seed;
  return (x, y, z) => {
    // Low-frequency dents keep the outline from being a mathematical curve.
    const dent = waves(sx + x * 0.06, sy + y * 0.06, sz + z * 0.06);
    const ex = (x - skew * y) / (1 + egg * y);
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
    const vault = (k0 * (k0 - 1)) / k1 + 1.1 * dent;
    const steep = Math.min(1, Math.abs(pz / c) / k1);
    const front = 1 - step(-38, -8, y);

    // Front floor above the orbits, slanting down to the middle of the base.
    const floor = -30 + 17 * front;
    let inner = meet(vault, floor - z, 8);
    const mx = Math.abs(x);
    const posterior = z < 12 && y > -6 ? ellipsoid(x, y - 43, z + 29, 55, 43, 38) : 99;
    const middle = z < 15 && y < 30 ? ellipsoid(mx - 36, y + 13, z + 19, 25, 31, 24) : 99;
    const spinal = z < -20 ? cone(x, y, z, canal) : 99;
    if (z < 15) {
      inner = join(inner, posterior, 8);
      inner = join(inner, middle, 6);
      inner = join(inner, spinal, 8);
      if (inner < 8) {
        inner = meet(inner, -cone(mx, y, z, petrous), 4);
        inner = meet(inner, -cone(mx, y, z, sphenoidWing), 3);
        // Clivus and sphenoid body.
        inner = meet(inner, -ellipsoid(x, y + 12, z + 38, 15, 20, 17), 4);
      }
    }

    // Thick at forehead and occiput near the midline, thin at the temples, uneven everywhere.
    const local = vault < -14 ? 0 : waves(sy + x * 0.11, sz + y * 0.11, sx + z * 0.11);
    const midline = Math.exp(-((x / 26) ** 2)) * Math.abs(py);
    const temple = Math.exp(-(((z + 8) / 26) ** 2) - ((y + 12) / 30) ** 2);
    const thickness = skull + 3.2 * midline - 1.8 * temple + 0.8 * local;
    const base = floor - 3 - z;
    let outer = meet(vault - thickness, base, 6);
    if (z < 20) {
      outer = join(outer, posterior - 5.5 - local, 8);
      outer = join(outer, middle - 3.2, 6);
      outer = join(outer, cone(mx, y, z, petrous) - 2, 5);
      outer = join(outer, ellipsoid(x, y + 12, z + 38, 16, 22, 18), 6);
      if (z < -40) outer = join(outer, spinal - 6, 4);
    }

    const soft = scalp + 1.5 * step(0, -30, z) + 2.5 * temple;
    let skin = vault - thickness - soft;
    if (z < 10) {
      skin = meet(skin, -70 - z, 20);
      const face = ellipsoid(x, y + 42, z + 58, 63, 52 + 3 * front, 66);
      const neck = z < 0 ? ellipsoid(x, y - 26, (z + 95) * 0.7, 62, 60, 55) : 99;
      skin = join(join(skin, face, 14), neck, 22);
      if (y < -70 && mx < 30) {
        skin = join(skin, cone(x, y, z, nose), 8);
      }
      if (mx > 55) skin = join(skin, pinna(mx, y, z), 4);
    }
    at.inner = inner;
    at.outer = outer;
    at.skin = skin;
    at.vault = vault;
    at.steep = steep;
    return at;
  };
}

const nose = createCone([0, -90, -34, 4], [0, -108, -58, 9]);

function pinna(mx: number, y: number, z: number): number {
  return ellipsoid(mx - 79 - 0.35 * (y - 18), y - 18, z + 30, 3.2, 15, 27);
}
