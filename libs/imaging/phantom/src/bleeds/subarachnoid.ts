import type { Random } from '../random.js';
import { ellipsoid } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Bleed } from './bleed.js';

/** An ellipsoid (mm) in which the fluid outside the brain is bloody. */
export interface BloodyFluid {
  readonly center: readonly [number, number, number];
  readonly radii: readonly [number, number, number];
  readonly phase: number;
  /** Height of the unevenness of its edge, mm. */
  readonly uneven: number;
  readonly density: number;
}

/** Blood in the fluid of the cisterns (as after an aneurysm) or of some sulci (as after a blow). */
export function drawSubarachnoid(random: Random, size: number): Bleed {
  const phase = random.between(0, 64);
  const basal = random.chance(0.55);
  const side = random.pick([-1, 1]);
  const grow = Math.cbrt(size);
  const [x0, y0, z0] = basal
    ? [side * random.between(0, 14), -8 + random.around(0, 4), -10 + random.around(0, 3)]
    : [side * random.between(36, 52), random.between(-45, 45), random.between(14, 42)];
  const radii = basal
    ? [random.between(44, 60) * grow, random.between(38, 52) * grow, random.between(24, 34) * grow]
    : [random.between(30, 42) * grow, random.between(32, 46) * grow, random.between(24, 36) * grow];
  const [a = 40, b = 40, c = 30] = radii;
  const density = random.between(58, 74);
  return subarachnoid({ center: [x0, y0, z0], radii: [a, b, c], phase, uneven: 6, density });
}

export function subarachnoid({ center, radii, phase, uneven, density }: BloodyFluid): Bleed {
  const [x0, y0, z0] = center;
  const [a, b, c] = radii;
  return {
    kind: 'subarachnoid',
    density,
    center,
    oedema: 0,
    distance: (x, y, z) =>
      ellipsoid(x - x0, y - y0, z - z0, a, b, c) + uneven * waves(phase + 0.12 * x, 0.12 * y, 0.12 * z),
  };
}
