import type { Vault } from '../head/vault.js';
import type { Random } from '../random.js';
import type { Bleed } from './bleed.js';
import { surfacePoint, tangentialSquare } from '../head/surface-point.js';

/** A lens between bone and dura: thickest in the middle, ends in sharp corners, keeps to its side. */
export function drawEpidural(random: Random, vault: Vault, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const seat = surfacePoint(vault, side * random.between(0.75, 2.2), random.between(-0.02, 0.6));
  const reach = random.between(30, 42) * Math.sqrt(size);
  const thickness = random.between(14, 25) * size;
  const [px, py, pz] = seat.point;
  return {
    kind: 'epidural',
    density: random.between(62, 82),
    center: seat.point,
    oedema: 0,
    pressure: { y: py, z: pz, shift: -side * thickness * random.between(0.15, 0.35) },
    distance(x, y, z, { depth, vaultDepth }) {
      const wrongSide = 2.5 - side * x;
      if (wrongSide > 10) return 60;
      const lens = vaultDepth - thickness * (1 - tangentialSquare(x, y, z, seat) / (reach * reach));
      const ahead = x * px + y * py + (z - 8) * (pz - 8) > 0 ? lens : 60;
      return Math.max(ahead, -0.3 - depth, wrongSide);
    },
  };
}
