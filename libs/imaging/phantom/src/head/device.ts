import type { Anatomy } from './anatomy.js';
import { thicknessOfBone, thicknessOfScalp } from './cranium.js';
import type { Craniotomy } from './craniotomy.js';
import type { ClipPlan, ShuntPlan } from './operation.js';
import { surfacePoint, type SurfacePoint } from './surface-point.js';
import type { Vault } from './vault.js';

type Vector = readonly [x: number, y: number, z: number];

/** A rod with round ends that is thinner than the cells of the grid: head coordinates, mm. */
export interface Device {
  readonly from: Vector;
  readonly to: Vector;
  readonly radius: number;
  readonly density: number;
  /** HU of the streaks at its edge, where it lies wholly in the slice; 0 for none. */
  readonly streaks: number;
  /** It is seen only in what is darker: a vessel not in blood, calcium not in bone. */
  readonly onlyBrighter?: true;
}

/** HU of metal: of titanium, cobalt and steel, beyond what a scanner writes. A thin part shares its pixels with what is beside it. */
const METAL = 7000;
/** HU of silicone with barium. */
const SILICONE = 350;

/** Everything that surgeons left in a head, and the fine parts of the head itself: vessels and calcium. */
export function createDevices(anatomy: Anatomy, vault: Vault, craniotomy: Craniotomy | undefined): Device[] {
  const { operation, vessels, deposits } = anatomy.variation;
  return [
    ...vessels,
    ...deposits,
    ...(craniotomy === undefined ? [] : [...plates(anatomy, craniotomy), ...staples(anatomy, craniotomy)]),
    ...(operation?.clip === undefined ? [] : clip(operation.clip)),
    ...(operation?.shunt === undefined ? [] : shunt(anatomy, vault, operation.shunt)),
  ];
}

const along = ([x, y, z]: Vector, [dx, dy, dz]: Vector, length: number): Vector => [
  x + length * dx,
  y + length * dy,
  z + length * dz,
];

/** A point `above` mm above the outer table. */
function onBone({ skull }: Anatomy, { point, normal }: SurfacePoint, above: number): Vector {
  return along(point, normal, thicknessOfBone(skull, ...point, 0) + above);
}

function onSkin(anatomy: Anatomy, surface: SurfacePoint): Vector {
  return onBone(anatomy, surface, thicknessOfScalp(anatomy.scalp, surface.point[1], surface.point[2]));
}

/** Plates of titanium, about 1 mm thick, across the cut. */
function plates(anatomy: Anatomy, craniotomy: Craniotomy): Device[] {
  const { radius, lift } = craniotomy.plan;
  return craniotomy.plan.plates.map((angle) => ({
    from: onBone(anatomy, craniotomy.onSurface(angle, radius - 7), 0.4 + lift),
    to: onBone(anatomy, craniotomy.onSurface(angle, radius + 7), 0.4),
    radius: 0.6,
    density: METAL,
    streaks: 25,
  }));
}

/** Staples along half of the cut, 7 mm apart, for about ten days. */
function staples(anatomy: Anatomy, craniotomy: Craniotomy): Device[] {
  const { radius, recent } = craniotomy.plan;
  if (recent === undefined) return [];
  const far = radius + 6;
  return Array.from({ length: Math.floor((Math.PI * far) / 7) }, (_, i) => {
    const angle = (i * 7) / far;
    return {
      from: onSkin(anatomy, craniotomy.onSurface(angle, far - 2.5)),
      to: onSkin(anatomy, craniotomy.onSurface(angle, far + 2.5)),
      radius: 0.35,
      density: METAL,
      streaks: 0,
    };
  });
}

/** Two blades and the spring behind them. */
function clip({ at, direction, length, streaks }: ClipPlan): Device[] {
  const end = along(at, direction, length);
  const spring = along(end, direction, 4);
  return [
    { from: at, to: end, radius: 1, density: METAL, streaks },
    { from: end, to: spring, radius: 2, density: METAL, streaks: streaks * 0.6 },
  ];
}

/** Catheter, valve and the tube behind the ear. */
function shunt(anatomy: Anatomy, vault: Vault, { side, azimuth, elevation, streaks }: ShuntPlan): Device[] {
  const tube = { radius: 1.25, density: SILICONE, streaks: 0 };
  const tip: Vector = [side * 9, -20, 14];
  const way = [0, 0.25, 0.5, 0.75, 1].map((t): Vector => {
    const behindEar = surfacePoint(
      vault,
      azimuth + t * (side * 2 - azimuth),
      elevation + t * (-0.55 - elevation),
    );
    return onBone(anatomy, behindEar, 2.2);
  });
  const [outside, ...rest] = way;
  if (outside === undefined) return [];
  const pieces = rest.map((to, i): Device => {
    const from = way[i] ?? outside;
    // The valve lies on the bone beside the hole.
    return i === 0 ? { from, to, radius: 2.2, density: 1400, streaks } : { from, to, ...tube };
  });
  return [{ from: outside, to: tip, ...tube }, ...pieces];
}
