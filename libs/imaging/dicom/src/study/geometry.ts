import type { Vector3 } from '../attributes.js';

/**
 * Unit normal of a slice: row direction x column direction, turned towards the head (+z).
 *
 * With a tilted gantry it is not the z axis: slices are a table step apart along z, but closer along the normal.
 */
export function sliceNormal(orientation: readonly [...Vector3, ...Vector3]): Vector3 | undefined {
  const [rx, ry, rz, cx, cy, cz] = orientation;
  const x = ry * cz - rz * cy;
  const y = rz * cx - rx * cz;
  const z = rx * cy - ry * cx;
  const length = Math.hypot(x, y, z);
  // Row and column are unit vectors at right angles; anything else is not a plane.
  if (!(Math.abs(length - 1) < 0.05)) return undefined;
  const up = z < 0 || (z === 0 && (y < 0 || (y === 0 && x < 0))) ? -1 : 1;
  // Adding zero turns -0 into 0.
  return [(up * x) / length + 0, (up * y) / length + 0, (up * z) / length + 0];
}

/** mm along `normal`. */
export function positionAlong(normal: Vector3, position: Vector3): number {
  return normal[0] * position[0] + normal[1] * position[1] + normal[2] * position[2];
}

/** Degrees between a normal and the z axis. */
export function tiltOf(normal: Vector3): number {
  return (Math.acos(Math.min(1, Math.abs(normal[2]))) * 180) / Math.PI;
}
