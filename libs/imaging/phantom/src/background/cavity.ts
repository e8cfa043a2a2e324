import { boxBlur, components, distanceTo } from './regions.js';

/** What lies inside the skull on one slice of a real study. */
export interface Cavity {
  /** 1 inside the skull. */
  readonly inside: Uint8Array;
  /** Depth below the bone, mm; 0 outside. */
  readonly depth: Float32Array;
  /** Signed distance to the ventricles, mm. */
  readonly ventricle: Float32Array;
  /** HU without noise. */
  readonly smooth: Float32Array;
}

const BONE = 220;
/** Gaps in the bone up to this wide count as closed, mm. */
const GAP = 2.5;

/**
 * Finds the cavity: what no path around the bone reaches from outside, is large enough and is as dense as brain.
 * Slices through the base of the skull, where bone leaves wide gaps, get none, and so no blood.
 */
export function findCavity(hounsfield: Int16Array, rows: number, columns: number, spacing: number): Cavity {
  const count = rows * columns;
  const bone = Uint8Array.from(hounsfield, (hu) => (hu > BONE ? 1 : 0));
  const fromBone = distanceTo(bone, rows, columns, spacing);
  const free = Uint8Array.from(fromBone, (distance) => (distance > GAP / 2 ? 1 : 0));
  const inside = new Uint8Array(count);
  for (const part of components(free, rows, columns)) {
    let sum = 0;
    let touchesBorder = false;
    for (const p of part) {
      sum += hounsfield[p]!;
      const column = p % columns;
      if (column === 0 || column === columns - 1 || p < columns || p >= count - columns) touchesBorder = true;
    }
    const mean = sum / part.length;
    if (touchesBorder || part.length * spacing * spacing < 800 || mean < 12 || mean > 55) continue;
    for (const p of part) inside[p] = 1;
  }
  const fromInside = distanceTo(inside, rows, columns, spacing);
  const grown = Uint8Array.from(fromInside, (d, p) => (d <= GAP / 2 + spacing && bone[p] === 0 ? 1 : 0));
  const outside = grown.map((is) => 1 - is);
  const depth = distanceTo(outside, rows, columns, spacing);
  const tissue = Float32Array.from(hounsfield, (hu) => Math.min(90, Math.max(-20, hu)));
  const radius = Math.max(1, Math.round(1.5 / spacing));
  const smooth = boxBlur(tissue, rows, columns, radius);
  return { inside: grown, depth, ventricle: toVentricles(smooth, depth, rows, columns, spacing), smooth };
}

/** Fluid deep in the brain in one piece of some size. */
function toVentricles(
  smooth: Float32Array,
  depth: Float32Array,
  rows: number,
  columns: number,
  spacing: number,
): Float32Array {
  const fluid = Uint8Array.from(smooth, (hu, p) => (hu < 17 && depth[p]! > 22 ? 1 : 0));
  const ventricles = new Uint8Array(smooth.length);
  for (const part of components(fluid, rows, columns)) {
    if (part.length * spacing * spacing < 60) continue;
    for (const p of part) ventricles[p] = 1;
  }
  const to = distanceTo(ventricles, rows, columns, spacing);
  const within = distanceTo(
    ventricles.map((is) => 1 - is),
    rows,
    columns,
    spacing,
  );
  return to.map((distance, p) => Math.min(60, distance - within[p]!));
}
