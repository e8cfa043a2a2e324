import { cone, createCone, ellipsoid, join } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';

/** Distance to what is not near, mm. */
const ABSENT = 60;

const zygoma = createCone([46, -66, -42, 4.5], [66, -16, -36, 3]);
const lateralRim = createCone([52, -66, -16, 3.5], [48, -66, -42, 4.5]);
const condyle = createCone([52, 0, -46, 5.5], [50, -10, -75, 5]);
const opticNerve = createCone([31, -62, -28, 2], [13, -36, -24, 2]);
const earCanal = createCone([48, 10, -33, 3], [86, 13, -33, 3.5]);

/** The facial skeleton and its cavities: distances of the last measured point, mm. */
export class Face {
  bone = ABSENT;
  orbit = ABSENT;
  globe = ABSENT;
  lens = ABSENT;
  nerve = ABSENT;
  air = ABSENT;
  private readonly anatomy: Anatomy;

  constructor(anatomy: Anatomy) {
    this.anatomy = anatomy;
  }

  measure(x: number, y: number, z: number): void {
    const { seed, mastoid } = this.anatomy;
    const mx = Math.abs(x);
    this.bone = this.orbit = this.globe = this.lens = this.nerve = this.air = ABSENT;
    const cells = waves(seed[0] + x * 0.9, seed[1] + y * 0.9, seed[2] + z * 0.5);
    if (y < -15) {
      this.measureOrbit(mx, y, z);
      this.measureNose(x, y, z, cells);
    }
    if (y > -40 && y < -2) {
      const sphenoid = ellipsoid(x, y + 24, z + 34, 13, 11, 9);
      this.air = Math.min(this.air, Math.max(sphenoid, 0.6 - Math.abs(x - 2)));
    }
    if (mx > 30) {
      if (z < -36) this.bone = join(this.bone, cone(mx, y, z, condyle), 2);
      const region = ellipsoid(mx - 57, y - 29, z + 38, 13, 16, 18);
      const air = Math.max(region + 2, (0.55 - 0.6 * mastoid - cells) * 4);
      this.air = Math.min(this.air, air, cone(mx, y, z, earCanal));
    }
  }

  private measureOrbit(mx: number, y: number, z: number): void {
    // A cone of fat that opens to the front, the globe in it.
    const depth = (y + 34) / -48;
    this.orbit = ellipsoid(mx - 20 - 13 * depth, y + 62, z + 28, 17, 27, 16);
    this.globe = ellipsoid(mx - 32, y + 73, z + 28, 12, 12, 12);
    this.lens = ellipsoid(mx - 32, y + 82, z + 28, 4.5, 2, 4.5);
    this.nerve = cone(mx, y, z, opticNerve);
  }

  /** Air and walls of nose and sinuses; `cells` are random waves. */
  private measureNose(x: number, y: number, z: number, cells: number): void {
    const { frontalSinus } = this.anatomy;
    const mx = Math.abs(x);
    const ethmoid = ellipsoid(x, y + 58, z + 27, 12, 24, 16);
    const nasal = ellipsoid(x, y + 68, z + 56, 13, 28, 20);
    const maxillary = ellipsoid(mx - 28, y + 60, z + 58, 15, 17, 15);
    const wall = Math.min(this.orbit - 2, ethmoid - 1.2, maxillary - 2, nasal - 1.5);
    this.bone = Math.min(
      Math.max(wall, -66 - y - (mx > 22 ? 6 : 20), mx - 54),
      cone(mx, y, z, zygoma),
      cone(mx, y, z, lateralRim),
    );
    const septa = Math.abs(cells) * 3.2 - 0.9;
    const conchae = (cells - 0.35) * 4;
    const nasalAir = Math.max(nasal, conchae, 0.8 - mx);
    this.air = Math.min(Math.max(ethmoid, -septa), nasalAir, maxillary);
    if (frontalSinus > 0.25) {
      const frontal = ellipsoid(x - 3, y + 85, z + 4, 15 * frontalSinus, 3.2, 12 * frontalSinus);
      this.air = Math.min(this.air, Math.max(frontal, 0.7 - Math.abs(x - 3)));
    }
  }
}
