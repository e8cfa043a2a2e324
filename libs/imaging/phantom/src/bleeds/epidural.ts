import type { Vault } from '../head/vault.js';
import { surfacePoint, tangentialSquare, type SurfacePoint } from '../head/surface-point.js';
import type { Random } from '../random.js';
import type { Bleed, BleedPart } from './bleed.js';

export interface Lens {
  /** Side of the head: 1 left, -1 right. */
  readonly side: number;
  readonly seat: SurfacePoint;
  /** Radius along the bone, and thickness in the middle, mm. */
  readonly reach: number;
  readonly thickness: number;
  readonly density: number;
  /** Share of the thickness by which the brain gives way. */
  readonly push: number;
  readonly part?: BleedPart | undefined;
}

export function drawEpidural(random: Random, vault: Vault, size: number): Bleed {
  const side = random.pick([-1, 1]);
  return epidural({
    side,
    seat: surfacePoint(vault, side * random.between(0.75, 2.2), random.between(-0.02, 0.6)),
    reach: random.between(30, 42) * Math.sqrt(size),
    thickness: random.between(14, 25) * size,
    density: random.between(62, 82),
    push: random.between(0.15, 0.35),
  });
}

/** A lens between bone and dura: thickest in the middle, ends in sharp corners, keeps to its side. */
export function epidural({ side, seat, reach, thickness, density, push, part }: Lens): Bleed {
  const [px, py, pz] = seat.point;
  return {
    kind: 'epidural',
    density,
    center: seat.point,
    oedema: 0,
    pressure: { y: py, z: pz, shift: -side * thickness * push },
    part,
    distance(x, y, z, { depth, vaultDepth }) {
      const wrongSide = 2.5 - side * x;
      if (wrongSide > 10) return 60;
      const lens = vaultDepth - thickness * (1 - tangentialSquare(x, y, z, seat) / (reach * reach));
      const ahead = x * px + y * py + (z - 8) * (pz - 8) > 0 ? lens : 60;
      return Math.max(ahead, -0.3 - depth, wrongSide);
    },
  };
}
