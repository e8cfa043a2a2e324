import { IchorError } from '@ichor/files';
import type { Random } from '../random.js';
import { drawDeposits } from './deposits.js';
import type { Device } from './device.js';
import { drawInfarcts, type InfarctPlan } from './infarcts.js';
import { drawMotion, type MotionPlan } from './motion.js';
import { drawOperation, type OperationPlan } from './operation.js';
import { drawSwellings, type Swelling } from './scalp.js';
import { drawVessels } from './vessels.js';

/**
 * The deviations of real studies from the average head, each with its own stream: `posture` (turned, tilted
 * and small heads off the centre), `scanner` (noise, thickness, offset and contrast), `base` (beam hardening
 * and partial volume at the base of the skull), `dense` (falx, tentorium and venous sinuses as bright as real
 * ones), `calcified` (large calcifications of pineal gland and choroid plexus), `neck` (slices down to the
 * jaw), `subtle` (smaller and paler bleeds: thin, diluted or some days old), `vertex` (at the top of the head an
 * uneven inner table, brain that bone brightens, the sagittal sinus cut lengthwise), `infarcts` (old ones: scars, cysts
 * and lacunes), `operated` (flaps of bone, plates, clips and shunts), `scalp` (hematomas and oedema outside the skull),
 * `motion` (double edges and streaks in some slices), `bleeds` (of every age, size and place: old, layered and partly clotted, thin
 * and small, on the tentorium, in the posterior fossa), `vessels` (arteries and deep veins, brighter than the fluid around them), `deposits`
 * (calcium of any density in plexus, basal ganglia, cerebellum, falx, tentorium and arteries), `turned` (heads of the
 * restless and the injured, turned and tilted far more than by `posture`).
 */
export const VARIETIES = [
  'posture',
  'scanner',
  'base',
  'dense',
  'calcified',
  'neck',
  'subtle',
  'vertex',
  'infarcts',
  'operated',
  'scalp',
  'motion',
  'bleeds',
  'vessels',
  'deposits',
  'turned',
] as const;

export type Variety = (typeof VARIETIES)[number];

/** How one head and its scan leave the average. Angles in radians. */
export interface Variation {
  readonly yaw: number;
  readonly roll: number;
  readonly nod: number;
  /** What is added to these angles. */
  readonly turn: { readonly yaw: number; readonly roll: number; readonly nod: number };
  /** Factor of the field of view. */
  readonly view: number;
  /** Distance of the head from the middle of the image, mm. */
  readonly offCentre: readonly [number, number];
  /** Factor of the noise, and thickness where it is not the usual one, mm. */
  readonly noise: number;
  readonly thickness: number | undefined;
  /** Added to brain and fluid, HU; factor of the difference of gray and white matter. */
  readonly offset: number;
  readonly contrast: number;
  /** Strength of beam hardening, relative to the average: rim under the bone, bars between the petrous ridges. */
  readonly rim: number;
  readonly bars: number;
  /** HU that bone of the base above and below adds to the adjacent brain (partial volume). */
  readonly underBone: number;
  /** Depth of the hollows of gyri and granulations in the inner table at the top of the head, mm. */
  readonly impressions: number;
  /** HU that the bone of the vertex adds to brain close to it (partial volume), and to all brain of a slice there (beam hardening). */
  readonly underVertex: number;
  readonly cupping: number;
  /** HU that the sagittal sinus and the falx, cut lengthwise, add along the midline of the vertex. */
  readonly lengthwise: number;
  /** HU of falx, tentorium and sinuses; undefined: no sinuses, and sheets as in the average. */
  readonly dense: { readonly falx: number; readonly tentorium: number; readonly sinus: number } | undefined;
  /** Factor of the size of calcifications. */
  readonly calcification: number;
  /** How much deeper the lowest slice is, mm. */
  readonly neck: number;
  /** Factor of the extent of bleeds, and of how far their density lies above that of the brain. */
  readonly bleedSize: number;
  readonly bleedContrast: number;
  /** Bleeds of every age, size and place, not the typical fresh ones. */
  readonly variedBleeds: boolean;
  readonly infarcts: InfarctPlan | undefined;
  readonly operation: OperationPlan | undefined;
  readonly swellings: readonly Swelling[];
  readonly motion: MotionPlan | undefined;
  readonly vessels: readonly Device[];
  readonly deposits: readonly Device[];
}

export const averageVariation: Variation = {
  yaw: 0,
  roll: 0,
  nod: 0,
  turn: { yaw: 0, roll: 0, nod: 0 },
  view: 1,
  offCentre: [0, 0],
  noise: 1,
  thickness: undefined,
  offset: 0,
  contrast: 1,
  rim: 1,
  bars: 1,
  underBone: 0,
  impressions: 0,
  underVertex: 0,
  cupping: 0,
  lengthwise: 0,
  dense: undefined,
  calcification: 1,
  neck: 0,
  bleedSize: 1,
  bleedContrast: 1,
  variedBleeds: false,
  infarcts: undefined,
  operation: undefined,
  swellings: [],
  motion: undefined,
  vessels: [],
  deposits: [],
};

/** Those that belong to the head and not to how it was scanned: the same in all studies of a patient. */
export const varietiesOfHead: ReadonlySet<Variety> = new Set([
  'dense',
  'calcified',
  'vertex',
  'infarcts',
  'operated',
  'scalp',
  'bleeds',
  'vessels',
  'deposits',
]);

/** Those that change bleeds alone: a head without blood stays as it is. */
export const varietiesOfBleeds: ReadonlySet<Variety> = new Set(['subtle', 'bleeds']);

/** Draws the variations that are on; every one has a stream of its own, so that switching one leaves the others as they are. */
export function drawVariation(varieties: readonly Variety[], stream: (name: Variety) => Random): Variation {
  const drawn = varieties.map((name) => draws[name](stream(name)));
  return drawn.reduce<Variation>((all, one) => ({ ...all, ...one }), averageVariation);
}

const draws: Readonly<Record<Variety, (random: Random) => Partial<Variation>>> = {
  posture: (random) => ({
    yaw: random.around(0, 0.12),
    roll: random.around(0, 0.09),
    nod: random.around(0, 0.14),
    view: random.chance(0.3) ? random.between(1.05, 1.45) : random.between(0.94, 1.08),
    offCentre: [random.around(0, 7), random.around(0, 9)],
  }),
  scanner: (random) => ({
    noise: random.pick([0.35, 0.6, 0.8, 1, 1.3, 1.8]) * random.between(0.85, 1.15),
    thickness: random.chance(0.66) ? undefined : random.pick([2.5, 3, 7, 8]),
    offset: random.around(0, 2.2),
    contrast: random.between(0.55, 1.1),
  }),
  base: (random) => ({
    rim: random.between(0.3, 3.2),
    bars: random.between(0.5, 3.5),
    underBone: random.between(0, 34),
  }),
  dense: (random) => {
    const sinus = random.between(46, 68);
    return { dense: { sinus, falx: random.between(52, 78), tentorium: random.between(48, 68) } };
  },
  calcified: (random) => ({ calcification: random.chance(0.5) ? random.between(1, 2.4) : 1 }),
  neck: (random) => ({ neck: random.chance(0.5) ? random.between(5, 40) : 0 }),
  subtle: (random) => ({ bleedSize: random.between(0.5, 1.05), bleedContrast: random.between(0.4, 1) }),
  vertex: (random) => ({
    impressions: random.between(0, 1.6),
    underVertex: random.between(0, 40),
    cupping: random.between(0, 14),
    lengthwise: random.between(0, 22),
  }),
  infarcts: (random) => ({ infarcts: drawInfarcts(random) }),
  operated: (random) => ({ operation: drawOperation(random) }),
  scalp: (random) => ({ swellings: drawSwellings(random) }),
  motion: (random) => ({ motion: drawMotion(random) }),
  bleeds: () => ({ variedBleeds: true }),
  vessels: (random) => ({ vessels: drawVessels(random) }),
  deposits: (random) => ({ deposits: drawDeposits(random) }),
  turned: (random) => ({
    turn: { yaw: random.around(0, 0.28), roll: random.around(0, 0.2), nod: random.around(0, 0.2) },
  }),
};

/**
 * Reads a list such as `base,dense`; `all` is every one, `none` none.
 *
 * @throws IchorError `phantom/variety`
 */
export function parseVarieties(text: string): readonly Variety[] {
  if (text === 'all') return VARIETIES;
  const names = text === 'none' ? [] : text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !VARIETIES.some((known) => known === name));
  if (unknown === undefined) return VARIETIES.filter((name) => names.includes(name));
  throw new IchorError({
    code: 'phantom/variety',
    reason: `there is no variety '${unknown}'`,
    remedy: `choose among ${VARIETIES.join(', ')}, separated by commas, or all, or none`,
  });
}
