import { surfacePoint } from '../head/surface-point.js';
import type { Random } from '../random.js';
import { waves } from '../spectral-noise.js';
import type { Bleed, BleedKind, BleedPart } from './bleed.js';
import type { Host } from './draw-bleed.js';
import { epidural } from './epidural.js';
import { clot, clotSeats } from './intraparenchymal.js';
import { ventricular } from './intraventricular.js';
import { subarachnoid } from './subarachnoid.js';
import { alongFalx, crescent, onTentorium } from './subdural.js';

/**
 * Draws one bleed as real ones vary, where `drawBleed` draws typical fresh ones: days or weeks old (paler than fresh blood, as
 * dense as brain, or as fluid), settled in layers, clotted in part, small or thin, and in rarer places: the tentorium, the
 * posterior fossa, the poles of the lobes, one fissure alone.
 */
export function drawVariedBleed(kind: BleedKind, random: Random, host: Host, size: number): Bleed {
  switch (kind) {
    case 'epidural':
      return variedEpidural(random, host, size);
    case 'subdural':
      return variedSubdural(random, host, size);
    case 'intraparenchymal':
      return variedIntraparenchymal(random, size);
    case 'intraventricular':
      return variedIntraventricular(random, host, size);
    case 'subarachnoid':
      return variedSubarachnoid(random, size);
  }
}

/** Most are small: the logarithm is uniform. */
const logBetween = (random: Random, low: number, high: number) =>
  low * Math.exp(random.next() * Math.log(high / low));

/** Of fresh blood, the part that has not clotted yet: it is paler. */
function unclotted(random: Random, density: number): BleedPart | undefined {
  if (!random.chance(0.3)) return undefined;
  const [phase, fine] = [random.between(0, 64), random.between(0.2, 0.4)];
  return {
    density: density - random.between(12, 26),
    distance: (x, y, z) => 4 * waves(phase + fine * x, fine * y, fine * z),
  };
}

interface Age {
  readonly density: number;
  readonly part?: BleedPart | undefined;
  readonly isOld: boolean;
}

/** Of blood below the dura: fresh, some days old, weeks old, or old with fresh blood that has settled in it. */
function drawAge(random: Random, height: number, { down }: Host): Age {
  const age = random.next();
  if (age < 0.5) {
    const density = random.between(50, 78);
    return { density, part: unclotted(random, density), isOld: false };
  }
  if (age < 0.68) return { density: random.between(38, 50), isOld: true };
  if (age < 0.86) return { density: random.between(10, 30), isOld: true };
  const level = height + random.between(-20, 25);
  const part = {
    density: random.between(46, 68),
    distance: (x: number, y: number, z: number) => level - (x * down[0] + y * down[1] + z * down[2]),
  };
  return { density: random.between(14, 32), part, isOld: true };
}

function variedEpidural(random: Random, { vault }: Host, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const density = random.between(50, 82);
  const reach = random.between(18, 42) * Math.sqrt(size);
  return epidural({
    side,
    density,
    part: unclotted(random, density),
    seat: surfacePoint(vault, side * random.between(0.3, 2.8), random.between(-0.45, 0.75)),
    reach,
    thickness: reach * random.between(0.3, 0.65) * Math.sqrt(size),
    push: random.between(0.1, 0.35),
  });
}

function variedSubdural(random: Random, host: Host, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const place = random.next();
  if (place < 0.28) {
    const band = {
      side,
      density: random.between(48, 76),
      half: random.between(14, 48),
      width: logBetween(random, 3, 9) * size,
    };
    return place < 0.16
      ? alongFalx({ ...band, y: random.between(-50, 50) })
      : onTentorium({ ...band, y: random.between(10, 55) });
  }
  const seat = surfacePoint(host.vault, side * random.between(0.4, 2.6), random.between(-0.1, 0.85));
  const [px, py, pz] = seat.point;
  const { down } = host;
  const { isOld, ...blood } = drawAge(random, px * down[0] + py * down[1] + pz * down[2], host);
  return crescent({
    side,
    ...blood,
    seat,
    reach: random.between(36, 95),
    thickness: logBetween(random, isOld ? 5 : 3, isOld ? 24 : 16) * size,
    phase: random.between(0, 64),
    push: random.between(0.25, 0.75),
  });
}

/** Seats that hypertension, falls and vessels have beside the usual ones, left side, with the largest radius that fits, mm. */
const rarerSeats: typeof clotSeats = [
  [2, 16, -32, 8],
  [20, 46, -34, 15],
  [6, 52, -30, 12],
  [16, -56, -4, 14],
  [38, -32, -22, 13],
  [22, -60, 20, 15],
  [20, 66, 6, 15],
  [24, 20, 52, 17],
  [20, -24, 50, 17],
  [46, 14, 10, 14],
];

function variedIntraparenchymal(random: Random, size: number): Bleed {
  const side = random.pick([-1, 1]);
  const [sx, sy, sz, largest] = random.pick([...clotSeats, ...rarerSeats]);
  const center = [
    side * sx + random.around(0, 5),
    sy + random.around(0, 6),
    sz + random.around(0, 6),
  ] as const;
  const radius = logBetween(random, 4.5, largest) * Math.cbrt(size);
  const density = random.chance(0.2) ? random.between(40, 52) : random.between(52, 84);
  const one = (at: typeof center, mm: number) =>
    clot({
      side,
      center: at,
      radius: mm,
      stretch: random.between(0.6, 1.6),
      turn: random.between(0, Math.PI),
      phase: random.between(0, 64),
      rough: mm * random.between(0.08, 0.3),
      density,
      oedema: random.between(0.5, 4 + 0.6 * mm),
      push: random.between(0.1, 0.45),
      part: unclotted(random, density),
    });
  const first = one(center, radius);
  if (!random.chance(0.3)) return first;
  // Contusions come in groups.
  const others = Array.from({ length: random.integer(1, 3) }, () => {
    const near = (value: number) => value + random.around(0, 9);
    return one([near(center[0]), near(center[1]), near(center[2])], logBetween(random, 2.5, 8));
  });
  return {
    ...first,
    distance: (x, y, z, around) =>
      Math.min(first.distance(x, y, z, around), ...others.map((other) => other.distance(x, y, z, around))),
  };
}

function variedIntraventricular(random: Random, { down }: Host, size: number): Bleed {
  const blood = {
    cast: random.chance(0.35),
    side: random.pick([-1, 1]),
    level: random.between(12, 46) - 8 * (size - 1),
    reach: random.between(-25, 40),
    phase: random.between(0, 64),
    density: random.between(46, 78),
  };
  return ventricular(blood, down);
}

function variedSubarachnoid(random: Random, size: number): Bleed {
  const phase = random.between(0, 64);
  const density = random.between(52, 78);
  const side = random.pick([-1, 1]);
  const grow = Math.cbrt(size);
  const place = random.next();
  const fluid = { phase, density, uneven: random.between(2, 7) };
  const radius = (low: number, high: number) => logBetween(random, low, high) * grow;
  // Basal cisterns, one Sylvian fissure, the fissure between the hemispheres, some sulci.
  if (place < 0.4) {
    const center = [
      side * random.between(0, 14),
      -8 + random.around(0, 8),
      -12 + random.around(0, 5),
    ] as const;
    return subarachnoid({ ...fluid, center, radii: [radius(22, 60), radius(20, 52), radius(16, 34)] });
  }
  if (place < 0.55) {
    const center = [side * 42, random.between(-20, 12), random.between(-6, 12)] as const;
    return subarachnoid({ ...fluid, center, radii: [radius(14, 28), radius(16, 34), radius(12, 26)] });
  }
  if (place < 0.68) {
    const center = [0, random.between(-62, 50), random.between(10, 50)] as const;
    return subarachnoid({ ...fluid, center, radii: [radius(6, 14), radius(18, 44), radius(16, 40)] });
  }
  const center = [side * random.between(30, 54), random.between(-60, 60), random.between(-4, 58)] as const;
  return subarachnoid({ ...fluid, center, radii: [radius(14, 42), radius(14, 46), radius(12, 36)] });
}
