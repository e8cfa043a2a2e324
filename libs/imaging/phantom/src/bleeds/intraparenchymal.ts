import type { Random } from '../random.js';
import { ellipsoid } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Bleed, BleedPart } from './bleed.js';

/** Usual seats on the left side with the largest radius that fits, mm. */
export const clotSeats: readonly (readonly [x: number, y: number, z: number, radius: number])[] = [
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

export interface Clot {
  /** Side of the head: 1 left, -1 right. */
  readonly side: number;
  readonly center: readonly [number, number, number];
  readonly radius: number;
  /** Factor from front to back and its inverse across, before it is turned by an angle around the body axis. */
  readonly stretch: number;
  readonly turn: number;
  /** Of the unevenness of its edge, and its height, mm. */
  readonly phase: number;
  readonly rough: number;
  readonly density: number;
  /** Width of the rim of oedema, mm. */
  readonly oedema: number;
  /** Share of what its radius exceeds 9 mm by, by which the brain gives way. */
  readonly push: number;
  readonly part?: BleedPart | undefined;
}

export function drawIntraparenchymal(random: Random, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const [sx, sy, sz, largest] = random.pick(clotSeats);
  const center = [
    side * sx + random.around(0, 2.5),
    sy + random.around(0, 3),
    sz + random.around(0, 3),
  ] as const;
  const radius = Math.max(6.5, largest * random.between(0.5, 1) * Math.cbrt(size));
  return clot({
    side,
    center,
    radius,
    stretch: random.between(0.75, 1.35),
    turn: random.between(0, Math.PI),
    phase: random.between(0, 64),
    rough: radius * random.between(0.1, 0.2),
    density: random.between(58, 84),
    oedema: random.between(3, 8),
    push: random.between(0.1, 0.45),
  });
}

/** A ragged clot in the brain, sometimes with satellites, in a rim of oedema. */
export function clot(bleed: Clot): Bleed {
  const { side, center, radius, stretch, turn, phase, rough, density, oedema, push, part } = bleed;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  return {
    kind: 'intraparenchymal',
    density,
    center,
    oedema,
    pressure: { y: center[1], z: center[2], shift: -side * Math.max(0, radius - 9) * push },
    part,
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
