import type { Vault } from '../head/vault.js';
import type { Random } from '../random.js';
import { waves } from '../spectral-noise.js';
import type { Bleed } from './bleed.js';
import { surfacePoint, tangentialSquare } from '../head/surface-point.js';

/** A crescent over a hemisphere, or now and then a band along the falx. */
export function drawSubdural(random: Random, vault: Vault, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const density = random.between(56, 76);
  if (random.chance(0.12)) {
    const y = random.between(20, 40);
    const width = random.between(5, 8) * size;
    return {
      kind: 'subdural',
      density,
      center: [side * 3, y, 40],
      oedema: 0,
      distance: (x, py, z, { depth }) =>
        Math.max(
          Math.abs(side * x - 1 - width / 2) - width / 2,
          Math.abs(py - y) - 38,
          12 - z + 0.35 * (y - py),
          1 - depth,
        ),
    };
  }
  const seat = surfacePoint(vault, side * random.between(0.9, 2.1), random.between(0.15, 0.75));
  const reach = random.between(62, 84);
  const thickness = random.between(6, 14) * size;
  const [px, py, pz] = seat.point;
  const phase = random.between(0, 64);
  return {
    kind: 'subdural',
    density,
    center: seat.point,
    oedema: 0,
    pressure: { y: py, z: pz, shift: -side * thickness * random.between(0.3, 0.7) },
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
