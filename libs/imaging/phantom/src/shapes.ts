/**
 * Signed distances in mm (negative inside) of the solids that the head is built of. They are called a million times per
 * slice, so they are kept short enough for the compiler to copy them into their callers.
 */

/** Ellipsoid around the origin with radii a, b, c; first-order distance, exact on the surface. */
export function ellipsoid(x: number, y: number, z: number, a: number, b: number, c: number): number {
  const px = x / a;
  const py = y / b;
  const pz = z / c;
  const k0 = Math.sqrt(px * px + py * py + pz * pz);
  const qx = px / a;
  const qy = py / b;
  const qz = pz / c;
  const k1 = Math.sqrt(qx * qx + qy * qy + qz * qz);
  return k1 < 1e-9 ? centerDistance(a, b, c) : (k0 * (k0 - 1)) / k1;
}

function centerDistance(a: number, b: number, c: number): number {
  return -Math.min(a, b, c);
}

/** A ball that moves from one point to another while its radius changes linearly. */
export interface Cone {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly radius: number;
  /** Vector from the first to the second point, and the growth of the radius between them. */
  readonly dx: number;
  readonly dy: number;
  readonly dz: number;
  readonly growth: number;
  /** One by the square of the length, per mm². */
  readonly perSquare: number;
}

type Ball = readonly [x: number, y: number, z: number, radius: number];

export function createCone(from: Ball, to: Ball): Cone {
  const [x, y, z, radius] = from;
  const dx = to[0] - x;
  const dy = to[1] - y;
  const dz = to[2] - z;
  const perSquare = 1 / (dx * dx + dy * dy + dz * dz);
  return { x, y, z, radius, dx, dy, dz, growth: to[3] - radius, perSquare };
}

export function cone(x: number, y: number, z: number, c: Cone): number {
  const px = x - c.x;
  const py = y - c.y;
  const pz = z - c.z;
  const along = (px * c.dx + py * c.dy + pz * c.dz) * c.perSquare;
  const t = along < 0 ? 0 : along > 1 ? 1 : along;
  const qx = px - t * c.dx;
  const qy = py - t * c.dy;
  const qz = pz - t * c.dz;
  return Math.sqrt(qx * qx + qy * qy + qz * qz) - c.radius - t * c.growth;
}

/** Union with a fillet of about `k` mm (quadratic polynomial smooth minimum). */
export function join(a: number, b: number, k: number): number {
  const h = k - (a < b ? b - a : a - b);
  const nearer = a < b ? a : b;
  return h > 0 ? nearer - (h * h) / (4 * k) : nearer;
}

/** Intersection with a rounded edge of about `k` mm. */
export function meet(a: number, b: number, k: number): number {
  const h = k - (a < b ? b - a : a - b);
  const farther = a < b ? b : a;
  return h > 0 ? farther + (h * h) / (4 * k) : farther;
}

/** 0 at and beyond `low`, 1 at and beyond `high` (which may be the smaller), smooth between. */
export function step(low: number, high: number, x: number): number {
  const t = (x - low) / (high - low);
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}
