/** Signed distances in mm (negative inside) of the solids that the head is built of. */

/** Ellipsoid around the origin with radii a, b, c; first-order distance, exact on the surface. */
export function ellipsoid(x: number, y: number, z: number, a: number, b: number, c: number): number {
  const px = x / a;
  const py = y / b;
  const pz = z / c;
  const k0 = Math.sqrt(px * px + py * py + pz * pz);
  const k1 = Math.sqrt((px / a) ** 2 + (py / b) ** 2 + (pz / c) ** 2);
  return k1 < 1e-9 ? -Math.min(a, b, c) : (k0 * (k0 - 1)) / k1;
}

/** A ball that moves from one point to another while its radius changes linearly. */
export interface Cone {
  readonly from: readonly [x: number, y: number, z: number, radius: number];
  readonly to: readonly [x: number, y: number, z: number, radius: number];
}

export function cone(x: number, y: number, z: number, { from, to }: Cone): number {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const dz = to[2] - from[2];
  const px = x - from[0];
  const py = y - from[1];
  const pz = z - from[2];
  const along = (px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz);
  const t = along < 0 ? 0 : along > 1 ? 1 : along;
  const qx = px - t * dx;
  const qy = py - t * dy;
  const qz = pz - t * dz;
  return Math.sqrt(qx * qx + qy * qy + qz * qz) - from[3] - t * (to[3] - from[3]);
}

/** Union with a fillet of about `k` mm (quadratic polynomial smooth minimum). */
export function join(a: number, b: number, k: number): number {
  const h = k - Math.abs(a - b);
  return Math.min(a, b) - (h > 0 ? (h * h) / (4 * k) : 0);
}

/** Intersection with a rounded edge of about `k` mm. */
export function meet(a: number, b: number, k: number): number {
  return -join(-a, -b, k);
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function step(low: number, high: number, x: number): number {
  const t = (x - low) / (high - low);
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}
