import type { Random } from '../random.js';
import { surfacePoint } from './surface-point.js';
import { cone, createCone, ellipsoid, type Cone } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import { tentoriumHeight } from './tentorium.js';
import type { Vault } from './vault.js';

/** An old infarct of a branch of a cerebral artery: a wedge whose base is the surface of the brain. Angles in radians, lengths in mm. */
export interface TerritorialInfarct {
  readonly side: -1 | 1;
  /** Where its base is, seen from the middle of the head. */
  readonly azimuth: number;
  readonly elevation: number;
  /** Radius of the base, and how far the tip is from the middle of the head, as a share of the way to the base. */
  readonly radius: number;
  readonly tip: number;
  readonly isCerebellar: boolean;
  /** Lost tissue, 0..1: sulci and the ventricle beside it widen. */
  readonly loss: number;
  /** Width of the scar around the cyst that is left, mm. */
  readonly rim: number;
  readonly phase: number;
}

/** A hole of a few mm, in the territory of a perforating artery. */
export interface LacunarInfarct {
  readonly center: readonly [x: number, y: number, z: number];
  readonly radii: readonly [a: number, b: number, c: number];
}

/** Old infarcts of one head. */
export interface InfarctPlan {
  readonly territorial: readonly TerritorialInfarct[];
  readonly lacunar: readonly LacunarInfarct[];
  /** HU of the gliotic scar, and of cysts and lacunes, which hold little more than cerebrospinal fluid. */
  readonly scar: number;
  readonly cyst: number;
}

type Range = readonly [low: number, high: number];

interface Territory {
  readonly azimuth: Range;
  readonly elevation: Range;
  readonly radius: Range;
  readonly tip: number;
}

/** Most infarcts are those of the middle cerebral artery, which comes three times. */
const middle: Territory = { azimuth: [1.1, 1.9], elevation: [-0.05, 0.5], radius: [18, 38], tip: 0.45 };
const middlePosterior: Territory = {
  azimuth: [1.9, 2.4],
  elevation: [0.1, 0.6],
  radius: [15, 26],
  tip: 0.5,
};
const posterior: Territory = { azimuth: [2.75, 3], elevation: [-0.05, 0.3], radius: [14, 24], tip: 0.5 };
const anterior: Territory = { azimuth: [0.12, 0.35], elevation: [0.3, 0.95], radius: [12, 20], tip: 0.6 };
const cerebellar: Territory = {
  azimuth: [2.45, 2.85],
  elevation: [-0.62, -0.45],
  radius: [11, 18],
  tip: 0.55,
};
const territories = [middle, middle, middlePosterior, posterior, anterior, cerebellar] as const;

/** Seats of lacunes on the left: lentiform nucleus, caudate, thalamus, capsule, corona radiata, centrum semiovale, pons, cerebellum. */
const perforated: readonly (readonly [number, number, number])[] = [
  [25, -3, 2],
  [14, -19, 9],
  [11, 8, 4],
  [19, 1, 7],
  [24, -6, 26],
  [27, 6, 34],
  [4, 12, -28],
  [25, 46, -32],
];

/**
 * A cohort to learn from has more of them than a clinic: a territorial infarct in 45 %, lacunes in 50 % of the heads. Chronic
 * infarcts have 5 to 15 HU where the tissue is gone and 15 to 24 HU in the scar; lacunes are 3 to 15 mm wide.
 */
export function drawInfarcts(random: Random): InfarctPlan {
  const count = random.chance(0.45) ? (random.chance(0.2) ? 2 : 1) : 0;
  const territorial = Array.from({ length: count }, (): TerritorialInfarct => {
    const territory = random.pick(territories);
    const side = random.pick([-1, 1] as const);
    return {
      side,
      azimuth: side * random.between(...territory.azimuth),
      elevation: random.between(...territory.elevation),
      radius: random.between(...territory.radius),
      tip: territory.tip,
      isCerebellar: territory === cerebellar,
      loss: random.between(0.3, 1),
      // Some are a scar alone.
      rim: random.chance(0.3) ? 60 : random.between(2.5, 7),
      phase: random.between(0, 64),
    };
  });
  const lacunes = random.chance(0.5) ? random.integer(1, 4) : 0;
  const lacunar = Array.from({ length: lacunes }, (): LacunarInfarct => {
    const [x, y, z] = random.pick(perforated);
    const side = random.pick([-1, 1]);
    const radius = random.between(1.8, 5.5);
    return {
      center: [side * x + random.around(0, 1.5), y + random.around(0, 2), z + random.around(0, 2)],
      radii: [
        radius * random.between(0.6, 1.1),
        radius * random.between(0.8, 1.35),
        radius * random.between(0.8, 1.3),
      ],
    };
  });
  return { territorial, lacunar, scar: random.between(15, 24), cyst: random.between(5, 12) };
}

interface Wedge extends TerritorialInfarct {
  readonly shape: Cone;
}

/** Old infarcts: distances of the last measured point, mm. */
export class Infarcts {
  scar = 60;
  cyst = 60;
  /** Share of the tissue that is lost there, 0..1. */
  loss = 0;
  readonly densities: Pick<InfarctPlan, 'scar' | 'cyst'>;
  private readonly wedges: readonly Wedge[];
  private readonly lacunes: readonly LacunarInfarct[];

  constructor({ territorial, lacunar, scar, cyst }: InfarctPlan, vault: Vault) {
    this.densities = { scar, cyst };
    this.lacunes = lacunar;
    this.wedges = territorial.map((plan) => {
      const [x, y, z] = surfacePoint(vault, plan.azimuth, plan.elevation).point;
      const { tip, radius } = plan;
      const shape = createCone([tip * x, tip * y, 8 + tip * (z - 8), radius * 0.3], [x, y, z, radius]);
      return { ...plan, shape };
    });
  }

  measure(x: number, y: number, z: number): void {
    this.scar = this.cyst = 60;
    this.loss = 0;
    for (const wedge of this.wedges) this.measureWedge(wedge, x, y, z);
    for (const { center, radii } of this.lacunes) {
      const [a, b, c] = radii;
      this.cyst = Math.min(this.cyst, ellipsoid(x - center[0], y - center[1], z - center[2], a, b, c));
    }
  }

  private measureWedge(wedge: Wedge, x: number, y: number, z: number): void {
    const { side, shape, phase, rim, loss } = wedge;
    const distance = cone(x, y, z, shape);
    if (distance > 30) return;
    const ragged = 3 * waves(phase + 0.15 * x, 0.15 * y, 0.15 * z) + waves(phase + 0.5 * x, 0.5 * y, 0.5 * z);
    // Falx and tentorium part the territories.
    const above = z - tentoriumHeight(Math.abs(x), y);
    const beyond = wedge.isCerebellar ? above + 2 : y > 14 ? 2 - above : -60;
    const scar = Math.max(distance + ragged, 3 - side * x, beyond);
    this.scar = Math.min(this.scar, scar);
    this.cyst = Math.min(this.cyst, scar + rim);
    this.loss = Math.max(this.loss, loss * Math.exp(-Math.max(0, scar) / 6));
  }
}
