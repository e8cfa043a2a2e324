/** The five kinds in the order of the rows of the label file. */
export const BLEED_KINDS = [
  'epidural',
  'intraparenchymal',
  'intraventricular',
  'subarachnoid',
  'subdural',
] as const;
export type BleedKind = (typeof BLEED_KINDS)[number];

/** What a bleed needs to know about a point besides its position; distances in mm. */
export interface Surroundings {
  /** Depth below the inner table (positive in the cavity). */
  depth: number;
  /** The same for the smooth vault alone, without the ridges of the base. */
  vaultDepth: number;
  /** Distance to the ventricular system, negative inside. */
  ventricle: number;
}

/** Push on the rest of the brain. */
export interface Pressure {
  readonly y: number;
  readonly z: number;
  /** Displacement along x at the height of the bleed, mm; positive to the left. */
  readonly shift: number;
}

/** Part of a bleed with a density of its own: what has settled below a level, or what has not clotted yet. */
export interface BleedPart {
  readonly density: number;
  /** Signed distance, mm, negative inside; the part ends where its bleed does. */
  distance(x: number, y: number, z: number): number;
}

/** One bleed in head coordinates (mm). */
export interface Bleed {
  readonly kind: BleedKind;
  /** Density of its blood, HU. */
  readonly density: number;
  /** Centre, for descriptions and for tests. */
  readonly center: readonly [number, number, number];
  /**
   * Signed distance to the blood, mm (negative inside). For a subarachnoid bleed: distance to the region
   * whose cerebrospinal fluid is bloody.
   */
  distance(x: number, y: number, z: number, around: Surroundings): number;
  /** Width of the low-density rim around the blood, mm; 0 for none. */
  readonly oedema: number;
  readonly pressure?: Pressure;
  readonly part?: BleedPart | undefined;
}
