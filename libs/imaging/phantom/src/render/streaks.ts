import type { Acquisition } from '../acquisition/geometry.js';
import type { Random } from '../random.js';
import { NEARLY_AIR } from './finish.js';

type Vector = readonly [number, number, number];

/** Angles of a half turn that are told apart. */
const ANGLES = 720;
/** Distance at which streaks have half of their strength, mm. */
const HALF = 9;

/** A piece of metal: its ends, mm from the first pixel, and how strong its streaks are beside it, HU. */
interface Metal {
  readonly from: Vector;
  readonly to: Vector;
  readonly strength: number;
}

/**
 * Adds the star of bright and dark rays around a piece of metal: beams through it are starved and hardened. They are darkest
 * along its longer side, where most of it lies in the beam, and fade with the distance. Air stays as it is.
 */
export function addStreaks(
  image: Float32Array,
  { rows, columns, spacing }: Acquisition,
  { from, to, strength }: Metal,
  random: Random,
): void {
  const star = drawStar(Math.atan2(to[1] - from[1], to[0] - from[0]), random);
  const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const;
  for (let row = 0; row < rows; row++) {
    const dy = row * spacing - middle[1];
    for (let column = 0; column < columns; column++) {
      const pixel = row * columns + column;
      if (image[pixel]! < NEARLY_AIR) continue;
      const dx = column * spacing - middle[0];
      const turn = (Math.atan2(dy, dx) / Math.PI + 1) % 1;
      const fall = 1 + (Math.sqrt(dx * dx + dy * dy) / HALF) ** 1.5;
      image[pixel] = image[pixel]! + (strength / fall) * star[Math.floor(turn * ANGLES) % ANGLES]!;
    }
  }
}

/** Strength of the rays by angle, about -1 to 1, over half a turn; `axis` is the direction of the metal, radians. */
function drawStar(axis: number, random: Random): Float32Array {
  const star = new Float32Array(ANGLES);
  const addRay = (angle: number, width: number, height: number) => {
    for (let i = 0; i < ANGLES; i++) {
      // The nearest way around a half turn.
      const off = ((((i / ANGLES) * Math.PI - angle) % Math.PI) + 1.5 * Math.PI) % Math.PI;
      star[i] = star[i]! + height * Math.exp(-(((off - Math.PI / 2) / width) ** 2));
    }
  };
  addRay(axis, 0.14, -0.9);
  addRay(axis + 0.3, 0.1, 0.5);
  addRay(axis - 0.3, 0.1, 0.5);
  for (let ray = 0; ray < 16; ray++) {
    const height = random.between(0.3, 0.9) * (ray % 2 === 0 ? 1 : -1);
    addRay(random.between(0, Math.PI), random.between(0.015, 0.06), height);
  }
  return star;
}
