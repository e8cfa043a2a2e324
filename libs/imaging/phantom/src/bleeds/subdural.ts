import type { Vault } from '../head/vault.js';
import { surfacePoint, tangentialSquare, type SurfacePoint } from '../head/surface-point.js';
import { tentoriumHeight } from '../head/tentorium.js';
import type { Random } from '../random.js';
import { waves } from '../spectral-noise.js';
import type { Bleed, BleedPart } from './bleed.js';

/** What all of them have. */
interface Subdural {
  /** Side of the head: 1 left, -1 right. */
  readonly side: number;
  readonly density: number;
  readonly part?: BleedPart | undefined;
}

export interface FalxBand extends Subdural {
  /** Its middle from front to back, half of its length, and its width, mm. */
  readonly y: number;
  readonly half: number;
  readonly width: number;
}

export interface Crescent extends Subdural {
  readonly seat: SurfacePoint;
  /** Radius along the bone, and thickness in the middle, mm. */
  readonly reach: number;
  readonly thickness: number;
  /** Of the unevenness of its inner edge. */
  readonly phase: number;
  /** Share of the thickness by which the brain gives way. */
  readonly push: number;
}

/** A crescent over a hemisphere, or now and then a band along the falx. */
export function drawSubdural(random: Random, vault: Vault, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const density = random.between(56, 76);
  if (random.chance(0.12)) {
    const y = random.between(20, 40);
    return alongFalx({ side, density, y, half: 38, width: random.between(5, 8) * size });
  }
  return crescent({
    side,
    density,
    seat: surfacePoint(vault, side * random.between(0.9, 2.1), random.between(0.15, 0.75)),
    reach: random.between(62, 84),
    thickness: random.between(6, 14) * size,
    phase: random.between(0, 64),
    push: random.between(0.3, 0.7),
  });
}

export function alongFalx({ side, density, y, half, width, part }: FalxBand): Bleed {
  return {
    kind: 'subdural',
    density,
    center: [side * 3, y, 40],
    oedema: 0,
    part,
    distance: (x, py, z, { depth }) =>
      Math.max(
        Math.abs(side * x - 1 - width / 2) - width / 2,
        Math.abs(py - y) - half,
        12 - z + 0.35 * (y - py),
        1 - depth,
      ),
  };
}

/** A band on the tentorium; `y` is the distance of its middle behind the middle of the head. */
export function onTentorium({ side, density, y, half, width, part }: FalxBand): Bleed {
  return {
    kind: 'subdural',
    density,
    center: [side * 20, y, tentoriumHeight(20, y) + width / 2],
    oedema: 0,
    part,
    distance: (x, py, z, { depth }) =>
      Math.max(
        // The tent climbs by 0.62 mm for each to the middle: its layers are thinner than they are high.
        0.85 * (Math.abs(z - tentoriumHeight(Math.abs(x), py) - width / 2) - width / 2),
        Math.abs(py - y) - half,
        2 - side * x,
        1 - depth,
      ),
  };
}

export function crescent(bleed: Crescent): Bleed {
  const { side, density, seat, reach, thickness, phase, push, part } = bleed;
  const [px, py, pz] = seat.point;
  return {
    kind: 'subdural',
    density,
    center: seat.point,
    oedema: 0,
    pressure: { y: py, z: pz, shift: -side * thickness * push },
    part,
    distance(x, y, z, { depth, vaultDepth }) {
      const wrongSide = 2.5 - side * x;
      if (wrongSide > 10 || x * px + y * py + (z - 8) * (pz - 8) < 0) return 60;
      const spread = 1 - tangentialSquare(x, y, z, seat) / (reach * reach);
      const uneven = 1 + 0.18 * waves(phase + 0.14 * x, 0.14 * y, 0.14 * z);
      const local = spread > 0 ? thickness * Math.sqrt(spread) * uneven : -8;
      // The tentorium is its floor.
      return Math.max(vaultDepth - local, -0.3 - depth, wrongSide, -24 - z);
    },
  };
}
