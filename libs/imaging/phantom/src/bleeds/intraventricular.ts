import type { Random } from '../random.js';
import { waves } from '../spectral-noise.js';
import type { Bleed } from './bleed.js';

export interface VentricularBlood {
  /** Side of the head on which a cast lies: 1 left, -1 right. */
  readonly side: number;
  readonly cast: boolean;
  /** Height of the level of settled blood along gravity, mm: larger is less blood. */
  readonly level: number;
  /** How far a cast reaches to the front, mm. */
  readonly reach: number;
  readonly phase: number;
  readonly density: number;
}

/**
 * Blood in the ventricles. `down` is the direction of gravity in head coordinates (unit vector): blood sinks
 * into the occipital horns and forms a level; a larger one clots and fills a ventricle as a cast.
 */
export function drawIntraventricular(
  random: Random,
  down: readonly [number, number, number],
  size: number,
): Bleed {
  const cast = random.chance(0.45);
  const side = random.pick([-1, 1]);
  const level = random.between(12, 34) - 8 * (size - 1);
  const reach = random.between(-25, 5);
  const phase = random.between(0, 64);
  return ventricular({ side, cast, level, reach, phase, density: random.between(56, 78) }, down);
}

export function ventricular(
  { side, cast, level, reach, phase, density }: VentricularBlood,
  down: readonly [number, number, number],
): Bleed {
  return {
    kind: 'intraventricular',
    density,
    center: [side * 22, 44, 8],
    oedema: 0,
    distance(x, y, z, { ventricle }) {
      if (ventricle > 5) return 60;
      const height = x * down[0] + y * down[1] + z * down[2];
      let blood = level - height;
      if (cast) {
        const ragged = 3 * waves(phase + 0.3 * x, 0.3 * y, 0.3 * z);
        blood = Math.min(blood, Math.max(-4 - side * x, reach - y + ragged));
      }
      // The third and fourth ventricles fill from above only in a cast.
      return Math.max(ventricle, blood, cast ? -60 : -30 - z);
    },
  };
}
