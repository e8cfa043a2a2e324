import type { Random } from '../random.js';
import { tentoriumHeight } from './tentorium.js';
import type { Device } from './device.js';

type Vector = readonly [x: number, y: number, z: number];

/** A place where heads calcify without disease. Head coordinates of the left side, mm. */
interface Seat {
  /** The share of the other heads in which it is calcified. */
  readonly share: number;
  /** Whether the other side has one too, mostly of another size. */
  readonly isPaired: boolean;
  readonly center: Vector;
  /** How far it may lie from there. */
  readonly spread: Vector;
  /** From the center to either end of the longest deposits. */
  readonly reach: Vector;
  /** Range of the radius. */
  readonly radius: readonly [number, number];
}

/** The share of heads that are too young to have any. */
const YOUNG = 0.33;

/** Glomus of the choroid plexus, temporal horn, pallidum, dentate nucleus, carotid siphon, ligament at the petrous apex, pineal gland and habenula. */
const seats: readonly Seat[] = [
  {
    share: 0.6,
    isPaired: true,
    center: [22, 33, 10],
    spread: [1.5, 2.5, 2],
    reach: [3, 4, 3],
    radius: [1.2, 4],
  },
  {
    share: 0.15,
    isPaired: true,
    center: [32, 18, -9],
    spread: [1, 4, 2],
    reach: [1, 5, 2],
    radius: [0.8, 2],
  },
  {
    share: 0.15,
    isPaired: true,
    center: [18, -4, 2],
    spread: [1, 2, 1.5],
    reach: [1, 4, 1],
    radius: [1, 3.5],
  },
  { share: 0.06, isPaired: true, center: [13, 46, -32], spread: [1, 2, 2], reach: [2, 3, 1], radius: [1, 3] },
  {
    share: 0.35,
    isPaired: true,
    center: [9, -21, -21],
    spread: [1, 2, 2],
    reach: [0, 3, 1.5],
    radius: [0.8, 2],
  },
  {
    share: 0.12,
    isPaired: true,
    center: [11, -4, -19],
    spread: [1, 2, 2],
    reach: [1, 5, 2],
    radius: [0.6, 1.6],
  },
  {
    share: 0.6,
    isPaired: false,
    center: [0, 21, 2],
    spread: [0.8, 2.5, 2],
    reach: [0, 2, 1],
    radius: [1, 3.5],
  },
];

/**
 * Calcium where two heads in three have it without disease, in each head other places, sizes and densities: choroid plexus, pallidum, dentate nucleus,
 * carotid siphon, pineal gland, plaques on falx and tentorium, single old granulomas. Faint ones (50 to 110 HU, much of it brain
 * within the slice) are as bright as blood, dense ones have up to 900 HU.
 */
export function drawDeposits(random: Random): readonly Device[] {
  if (random.chance(YOUNG)) return [];
  const faint = random.between(0.2, 0.7);
  const density = () =>
    random.chance(faint) ? random.between(50, 110) : 110 * Math.exp(random.between(0, 2.1));
  const deposits: Device[] = [];
  /** A short rod with round ends. */
  const add = (center: Vector, reach: Vector, radius: number) => {
    const offset = reach.map((most) => random.between(-most, most)) as [number, number, number];
    deposits.push({
      from: moved(center, offset, -1),
      to: moved(center, offset, 1),
      radius,
      density: density(),
      streaks: 0,
      onlyBrighter: true,
    });
  };
  for (const { share, isPaired, center, spread, reach, radius } of seats) {
    if (!random.chance(share)) continue;
    for (const side of isPaired ? [-1, 1] : [1]) {
      if (isPaired && random.chance(0.15)) continue;
      const at = center.map((value, axis) => value + random.around(0, (spread[axis] ?? 0) / 2)) as [
        number,
        number,
        number,
      ];
      const pieces = random.integer(1, 3);
      for (let piece = 0; piece < pieces; piece++)
        add([side * at[0], at[1], at[2]], reach, random.between(...radius) / Math.sqrt(pieces));
    }
  }
  if (random.chance(0.15)) {
    for (let plaque = random.integer(1, 3); plaque > 0; plaque--) {
      add(
        [random.around(0, 0.8), random.between(-62, -25), random.between(15, 58)],
        [0, 7, 4],
        random.between(0.7, 2.2),
      );
    }
  }
  if (random.chance(0.1)) {
    const x = random.between(12, 30) * random.pick([-1, 1]);
    const y = random.between(22, 45);
    add([x, y, tentoriumHeight(Math.abs(x), y)], [3, 6, 0.5], random.between(0.7, 1.8));
  }
  if (random.chance(0.06)) {
    add(
      [random.between(-50, 50), random.between(-50, 60), random.between(0, 45)],
      [1, 1, 1],
      random.between(1, 3.5),
    );
  }
  return deposits;
}

const moved = ([x, y, z]: Vector, [dx, dy, dz]: Vector, times: number): Vector => [
  x + times * dx,
  y + times * dy,
  z + times * dz,
];
