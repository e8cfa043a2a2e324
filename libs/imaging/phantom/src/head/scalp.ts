import { surfacePoint, tangentialSquare, type SurfacePoint } from './surface-point.js';
import type { Random } from '../random.js';
import { step } from '../shapes.js';
import type { Vault } from './vault.js';

/** Blood or water between the scalp and the skull. Angles in radians, lengths in mm. */
export interface Swelling {
  readonly azimuth: number;
  readonly elevation: number;
  readonly reach: number;
  /** Thickness in the middle; below 0 the scalp has sunk. */
  readonly thickness: number;
  readonly density: number;
}

/**
 * Seven heads in ten have one or two: hematomas (subgaleal blood of 50 to 76 HU) and, a third of them, oedema (8 to 36 HU),
 * 4 to 15 mm thick and 40 to 110 mm wide. This is no intracranial blood.
 */
export function drawSwellings(random: Random): readonly Swelling[] {
  const count = random.chance(0.7) ? (random.chance(0.25) ? 2 : 1) : 0;
  return Array.from({ length: count }, (): Swelling => {
    const isBlood = random.chance(0.67);
    return {
      azimuth: random.between(-Math.PI, Math.PI),
      elevation: random.between(-0.15, 0.85),
      reach: random.between(20, 55),
      thickness: random.between(4, 15),
      density: isBlood ? random.between(50, 76) : random.between(8, 36),
    };
  });
}

interface Seated extends Swelling {
  readonly seat: SurfacePoint;
}

/** The swellings of one scalp: what they do at the last measured point. */
export class Scalp {
  /** How much thicker the scalp is, mm. */
  thickness = 0;
  /** HU of what is under the galea. */
  density = 0;
  /** Thickness that nowhere is exceeded, mm. */
  readonly thickest: number;
  private readonly swellings: readonly Seated[];

  constructor(swellings: readonly Swelling[], vault: Vault) {
    this.thickest = swellings.reduce((sum, { thickness }) => sum + Math.max(0, thickness), 0);
    this.swellings = swellings.map((swelling) => {
      return { ...swelling, seat: surfacePoint(vault, swelling.azimuth, swelling.elevation) };
    });
  }

  measure(x: number, y: number, z: number): void {
    this.thickness = this.density = 0;
    for (const { seat, reach, thickness, density } of this.swellings) {
      const [px, py, pz] = seat.normal;
      if (x * px + y * py + (z - 8) * pz < 0) continue;
      const there = thickness * step(reach, 0.25 * reach, Math.sqrt(tangentialSquare(x, y, z, seat)));
      if (there === 0) continue;
      if (Math.abs(there) > Math.abs(this.thickness)) this.density = density;
      this.thickness += there;
    }
  }
}
