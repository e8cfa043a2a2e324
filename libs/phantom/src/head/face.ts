import { cone, createCone, ellipsoid, join } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';

const zygoma = createCone([46, -66, -42, 4.5], [66, -16, -36, 3]);
const lateralRim = createCone([52, -66, -16, 3.5], [48, -66, -42, 4.5]);
const condyle = createCone([52, 0, -46, 5.5], [50, -10, -75, 5]);
const opticNerve = createCone([31, -62, -28, 2], [13, -36, -24, 2]);
const earCanal = createCone([48, 10, -33, 3], [86, 13, -33, 3.5]);

/** Distances to the parts of the facial skeleton and its cavities, mm; reused between calls. */
export interface Face {
  bone: number;
  orbit: number;
  globe: number;
  lens: number;
  nerve: number;
  air: number;
}

export function createFace(anatomy: Anatomy): (x: number, y: number, z: number) => Face {
  const { frontalSinus, mastoid, seed } = anatomy;
  const at: Face = { bone: 60, orbit: 60, globe: 60, lens: 60, nerve: 60, air: 60 };
  const [sx, sy, sz] = seed;
  return (x, y, z) => {
    const mx = Math.abs(x);
    at.bone = at.orbit = at.globe = at.lens = at.nerve = at.air = 60;
    const cells = waves(sx + x * 0.9, sy + y * 0.9, sz + z * 0.5);
    if (y < -15) {
      // A cone of fat that opens to the front, the globe in it.
      const depth = (y + 34) / -48;
      const orbit = ellipsoid(mx - 20 - 13 * depth, y + 62, z + 28, 17, 27, 16);
      at.orbit = orbit;
      at.globe = ellipsoid(mx - 32, y + 73, z + 28, 12, 12, 12);
      at.lens = ellipsoid(mx - 32, y + 82, z + 28, 4.5, 2, 4.5);
      at.nerve = cone(mx, y, z, opticNerve);
      const ethmoid = ellipsoid(x, y + 58, z + 27, 12, 24, 16);
      const nasal = ellipsoid(x, y + 68, z + 56, 13, 28, 20);
      const maxillary = ellipsoid(mx - 28, y + 60, z + 58, 15, 17, 15);
      const wall = Math.min(orbit - 2, ethmoid - 1.2, maxillary - 2, nasal - 1.5);
      at.bone = Math.min(
        Math.max(wall, -66 - y - (mx > 22 ? 6 : 20), mx - 54),
        cone(mx, y, z, zygoma),
        cone(mx, y, z, lateralRim),
      );
      const septa = Math.abs(cells) * 3.2 - 0.9;
      const conchae = (cells - 0.35) * 4;
      const nasalAir = Math.max(nasal, conchae, 0.8 - mx);
      at.air = Math.min(Math.max(ethmoid, -septa), nasalAir, maxillary);
      if (frontalSinus > 0.25) {
        const frontal = ellipsoid(x - 3, y + 85, z + 4, 15 * frontalSinus, 3.2, 12 * frontalSinus);
        at.air = Math.min(at.air, Math.max(frontal, 0.7 - Math.abs(x - 3)));
      }
    }
    if (y > -40 && y < -2) {
      const sphenoid = ellipsoid(x, y + 24, z + 34, 13, 11, 9);
      at.air = Math.min(at.air, Math.max(sphenoid, 0.6 - Math.abs(x - 2)));
    }
    if (mx > 30) {
      if (z < -36) at.bone = join(at.bone, cone(mx, y, z, condyle), 2);
      const region = ellipsoid(mx - 57, y - 29, z + 38, 13, 16, 18);
      const air = Math.max(region + 2, (0.55 - 0.6 * mastoid - cells) * 4);
      at.air = Math.min(at.air, air, cone(mx, y, z, earCanal));
    }
    return at;
  };
}
