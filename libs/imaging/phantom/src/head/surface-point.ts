import type { Vault } from './vault.js';

export interface SurfacePoint {
  readonly point: readonly [number, number, number];
  /** Unit vector from the middle of the head. */
  readonly normal: readonly [number, number, number];
}

/** The point of the vault (inner table, without the ridges of the base) seen from the middle of the head under two angles (radians). */
export function surfacePoint(vault: Vault, azimuth: number, elevation: number): SurfacePoint {
  const normal = [
    Math.cos(elevation) * Math.sin(azimuth),
    -Math.cos(elevation) * Math.cos(azimuth),
    Math.sin(elevation),
  ] as const;
  let low = 20;
  let high = 110;
  for (let i = 0; i < 24; i++) {
    const r = (low + high) / 2;
    if (vault.distance(r * normal[0], r * normal[1], 8 + r * normal[2]) < 0) low = r;
    else high = r;
  }
  return { point: [low * normal[0], low * normal[1], 8 + low * normal[2]], normal };
}

/** Square of the distance from a point to the line through the surface point along its normal, mm². */
export function tangentialSquare(x: number, y: number, z: number, { point, normal }: SurfacePoint): number {
  const dx = x - point[0];
  const dy = y - point[1];
  const dz = z - point[2];
  const along = dx * normal[0] + dy * normal[1] + dz * normal[2];
  return dx * dx + dy * dy + dz * dz - along * along;
}
