import type { Vector3 } from '@ichor/dicom';

type Axes = readonly [...Vector3, ...Vector3];

/** Unit normal of a slice (PS3.3 C.7.6.2.1.1), as the axes turn it; undefined when they span no plane. */
export function sliceNormal([rx, ry, rz, cx, cy, cz]: Axes): Vector3 | undefined {
  const normal: Vector3 = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  const length = Math.hypot(...normal);
  return length > 0 ? [normal[0] / length, normal[1] / length, normal[2] / length] : undefined;
}

/** mm of a point along a normal. */
export function along(normal: Vector3, point: Vector3): number {
  return normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2];
}
