import type { Random } from '../random.js';
import { ellipsoid } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Bleed } from './bleed.js';

/** Usual seats on the left side with the largest radius that fits, mm. */
const seats: readonly (readonly [x: number, y: number, z: number, radius: number])[] = [
  [28, -2, 5, 21],
  [27, 0, 8, 19],
  [14, 9, 6, 13],
  [30, -44, 18, 20],
  [34, -30, 38, 19],
  [36, 32, 34, 20],
  [44, -2, -16, 15],
  [30, 56, 18, 17],
  [24, 48, -30, 16],
];

/** A ragged clot in the brain, sometimes with satellites, in a rim of oedema. */
export function drawIntraparenchymal(random: Random, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const [sx, sy, sz, largest] = random.pick(seats);
  const center = [
    side * sx + random.around(0, 2.5),
    sy + random.around(0, 3),
    sz + random.around(0, 3),
  ] as const;
  const radius = Math.max(6.5, largest * random.between(0.5, 1) * Math.cbrt(size));
  const stretch = random.between(0.75, 1.35);
  const turn = random.between(0, Math.PI);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const phase = random.between(0, 64);
  const rough = radius * random.between(0.1, 0.2);
  return {
    kind: 'intraparenchymal',
    density: random.between(58, 84),
    center,
    oedema: random.between(3, 8),
    pressure: {
      y: center[1],
      z: center[2],
      shift: -side * Math.max(0, radius - 9) * random.between(0.1, 0.45),
    },
    distance(x, y, z, { depth, ventricle }) {
      const dx = x - center[0];
      const dy = y - center[1];
      const dz = z - center[2];
      if (Math.abs(dx) + Math.abs(dy) + Math.abs(dz) > 4 * radius + 20) return 60;
      const u = cos * dx + sin * dy;
      const v = cos * dy - sin * dx;
      const blob = ellipsoid(u, v, dz, radius / stretch, radius * stretch, radius * 0.95);
      const ragged = blob + rough * waves(phase + x * 0.35, y * 0.35, z * 0.35);
      return Math.max(ragged, 2 - depth, 0.5 - ventricle);
    },
  };
}
