import type { Random } from '../random.js';

/** A piece of the vault that was sawn out. Angles in radians, lengths in mm. */
export interface CraniotomyPlan {
  readonly azimuth: number;
  readonly elevation: number;
  readonly radius: number;
  /** Width of the cut. */
  readonly kerf: number;
  /** Whether the flap was put back; without it scalp lies on dura. */
  readonly flap: 'fixed' | 'missing';
  /** How far the flap stands out; below 0 it has sunk. */
  readonly lift: number;
  /** Radius of the burr holes, and the angles of them and of the plates around the flap. */
  readonly burrHole: number;
  readonly burrHoles: readonly number[];
  readonly plates: readonly number[];
  /** In the first days staples are in the scalp, and there is what {@link Recent} says. */
  readonly recent: Recent | undefined;
}

/** Fluid under the flap (thickness in mm, HU), the share of its height that is air, and how far the scalp is swollen, mm. */
export interface Recent {
  readonly thickness: number;
  readonly density: number;
  readonly air: number;
  readonly swelling: number;
}

/** A clip on the neck of an aneurysm: where it sits, the direction of its blades, their length in mm, HU of streaks beside it. */
export interface ClipPlan {
  readonly at: readonly [number, number, number];
  readonly direction: readonly [number, number, number];
  readonly length: number;
  readonly streaks: number;
}

/** A catheter from a burr hole into a frontal horn, with a valve and a tube under the scalp. */
export interface ShuntPlan {
  readonly side: -1 | 1;
  readonly azimuth: number;
  readonly elevation: number;
  readonly streaks: number;
}

/** What surgeons left. */
export interface OperationPlan {
  readonly craniotomy: CraniotomyPlan | undefined;
  readonly clip: ClipPlan | undefined;
  readonly shunt: ShuntPlan | undefined;
}

/** Where aneurysms are: middle cerebral, anterior communicating, posterior communicating artery, tip of the basilar artery (left). */
const aneurysms: readonly (readonly [number, number, number])[] = [
  [37, -23, -7],
  [1, -25, -13],
  [14, -15, -18],
  [2, -6, -18],
];

type Range = readonly [low: number, high: number];

/** Pterional, over the convexity, parasagittal, occipital: where, and radius. */
const flaps: readonly { azimuth: Range; elevation: Range; radius: Range }[] = [
  { azimuth: [0.85, 1.25], elevation: [-0.05, 0.25], radius: [24, 36] },
  { azimuth: [1.2, 2], elevation: [0.25, 0.7], radius: [26, 46] },
  { azimuth: [0.3, 0.8], elevation: [0.6, 1], radius: [22, 34] },
  { azimuth: [2.4, 2.9], elevation: [-0.1, 0.4], radius: [18, 28] },
];

/**
 * Far more often than in a clinic: a craniotomy in half of the heads (a quarter of them without the flap, a third a few days old), a
 * clip in 15 %, a shunt in 20 %. Cuts are 1.2 to 3 mm wide, clips 9 to 17 mm long; fluid under a flap has 8 to 26 HU.
 */
export function drawOperation(random: Random): OperationPlan {
  const side = random.pick([-1, 1] as const);
  const craniotomy = random.chance(0.5) ? drawCraniotomy(random, side) : undefined;
  const clip = random.chance(craniotomy === undefined ? 0.06 : 0.24) ? drawClip(random, side) : undefined;
  const shunt = random.chance(0.2) ? drawShunt(random) : undefined;
  return { craniotomy, clip, shunt };
}

function drawCraniotomy(random: Random, side: -1 | 1): CraniotomyPlan {
  const place = random.pick(flaps);
  const isMissing = random.chance(0.25);
  const isRecent = random.chance(0.35);
  const start = random.between(0, 2 * Math.PI);
  const around = (count: number, offset: number) =>
    Array.from({ length: count }, (_, i) => start + offset + (2 * Math.PI * i) / count);
  return {
    azimuth: side * random.between(...place.azimuth),
    elevation: random.between(...place.elevation),
    radius: random.between(...place.radius),
    kerf: random.between(1.2, 3),
    flap: isMissing ? 'missing' : 'fixed',
    lift: isMissing ? random.between(-4, 5) : random.around(0, 0.8),
    burrHole: random.between(4, 6.5),
    burrHoles: isMissing ? [] : around(random.integer(1, 4), 0),
    plates: isMissing ? [] : around(random.integer(2, 4), 0.5),
    recent: isRecent
      ? {
          thickness: random.between(3, 9),
          density: random.between(8, 26),
          air: random.chance(0.7) ? random.between(0, 0.9) : 0,
          swelling: random.between(2, 9),
        }
      : undefined,
  };
}

function drawClip(random: Random, side: -1 | 1): ClipPlan {
  const [x, y, z] = random.pick(aneurysms);
  const [dx, dy, dz] = [side * random.between(0.3, 1), random.around(0, 0.5), random.around(0, 0.3)];
  const length = Math.hypot(dx, dy, dz);
  return {
    at: [side * x, y, z],
    direction: [dx / length, dy / length, dz / length],
    length: random.between(9, 17),
    // Titanium disturbs less than alloys of cobalt.
    streaks: random.between(90, 300),
  };
}

function drawShunt(random: Random): ShuntPlan {
  const side = random.pick([-1, 1] as const);
  const isFrontal = random.chance(0.5);
  return {
    side,
    azimuth: side * (isFrontal ? random.between(0.45, 0.7) : random.between(2.2, 2.6)),
    elevation: isFrontal ? random.between(0.75, 0.95) : random.between(0.2, 0.5),
    streaks: random.between(0, 90),
  };
}
