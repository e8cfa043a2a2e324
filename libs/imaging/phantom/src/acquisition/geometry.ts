import { averageVariation, type Variation } from '../head/variation.js';
import type { Random } from '../random.js';

type Vector = readonly [number, number, number];

/** How one study was scanned. Patient coordinates as in DICOM: x to the left, y to the back, z up; mm. */
export interface Acquisition {
  readonly rows: number;
  readonly columns: number;
  /** Side of a pixel, mm. */
  readonly spacing: number;
  readonly thickness: number;
  /** Gantry tilt, radians; turns the column direction out of the axial plane. */
  readonly tilt: number;
  /** Centre of the first pixel of each slice, from below upwards (ImagePositionPatient). */
  readonly positions: readonly Vector[];
  /** Rotation and scale from patient to head coordinates, row by row. */
  readonly toHead: readonly [Vector, Vector, Vector];
  /** Position of the head's origin in patient coordinates. */
  readonly headAt: Vector;
  /** Noise of the image in the middle of the head, HU. */
  readonly noise: number;
}

export interface AcquisitionOptions {
  /** Rows and columns of the image. */
  readonly size: number;
  /** Stretch of the head (anatomy). */
  readonly scale: Vector;
  /** Distance from slice to slice, mm; default: the thickness, so that slices touch. */
  readonly sliceSpacing?: number | undefined;
  /** Default: none. */
  readonly variation?: Variation;
}

/** Draws position, tilt, field of view and slices of one study. */
export function drawAcquisition(
  random: Random,
  { size, scale, sliceSpacing, variation = averageVariation }: AcquisitionOptions,
): Acquisition {
  const fieldOfView = random.between(222, 250) * Math.max(1, scale[1]) * variation.view;
  const spacing = Math.round((fieldOfView / size) * 1e6) / 1e6;
  const tilt = random.chance(0.55) ? (Math.round(random.between(-4, 22) * 2) / 2) * (Math.PI / 180) : 0;
  const usual = random.pick([4, 5, 5, 5, 5, 6]);
  const thickness = variation.thickness ?? usual;
  // Patients lie nearly straight; the nod makes up for most of the tilt.
  const { turn } = variation;
  const nod = tilt * 0.7 + random.around(0, 0.06) + variation.nod + turn.nod;
  const yaw = random.around(0, 0.05) + variation.yaw + turn.yaw;
  const roll = random.around(0, 0.06) + variation.roll + turn.roll;
  const toHead = rotationToHead(yaw, nod, roll, scale);
  const headAt: Vector = [random.around(0, 4), random.around(0, 5), random.between(-30, 60)];
  const low = (random.between(-50, -32) - variation.neck) * scale[2];
  const high = random.between(84, 98) * scale[2];
  const denseBase = random.chance(0.25) ? 0.6 : 1;
  const half = (size / 2) * spacing;
  const x0 = round(headAt[0] - half + random.around(0, 3) + variation.offCentre[0]);
  const y0 = round(headAt[1] - half * Math.cos(tilt) + random.around(2, 4) + variation.offCentre[1]);
  const positions: Vector[] = [];
  for (let z = low; z < high; z += (sliceSpacing ?? thickness) * (z < 12 ? denseBase : 1)) {
    positions.push([x0, y0, round(headAt[2] + z + half * Math.sin(tilt))]);
  }
  return {
    rows: size,
    columns: size,
    spacing,
    thickness,
    tilt,
    positions,
    toHead,
    headAt,
    noise: random.between(2.3, 4.2) * variation.noise,
  };
}

const round = (value: number) => Math.round(value * 1e3) / 1e3;

/** R = scale⁻¹ · Rz(yaw) · Rx(nod) · Ry(roll). */
function rotationToHead(yaw: number, nod: number, roll: number, scale: Vector): [Vector, Vector, Vector] {
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  const [cn, sn] = [Math.cos(nod), Math.sin(nod)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  const rotation: readonly Vector[] = [
    [cy * cr - sy * sn * sr, -sy * cn, cy * sr + sy * sn * cr],
    [sy * cr + cy * sn * sr, cy * cn, sy * sr - cy * sn * cr],
    [-cn * sr, sn, cn * cr],
  ];
  const [a, b, c] = rotation.map((row, axis): Vector => {
    const s = scale[axis] ?? 1;
    return [row[0] / s, row[1] / s, row[2] / s];
  });
  if (a === undefined || b === undefined || c === undefined) throw new RangeError('three axes');
  return [a, b, c];
}

/** A point of patient coordinates in head coordinates. */
export function headPoint({ toHead, headAt }: Acquisition, point: Vector): [number, number, number] {
  const dx = point[0] - headAt[0];
  const dy = point[1] - headAt[1];
  const dz = point[2] - headAt[2];
  const along = (row: Vector) => row[0] * dx + row[1] * dy + row[2] * dz;
  return [along(toHead[0]), along(toHead[1]), along(toHead[2])];
}

/** A point of head coordinates in patient coordinates. */
export function patientPoint({ toHead, headAt }: Acquisition, point: Vector): [number, number, number] {
  const result: [number, number, number] = [...headAt];
  for (const [k, row] of toHead.entries()) {
    // The rows are orthogonal, as long as one by the stretch of the head.
    const length = row[0] ** 2 + row[1] ** 2 + row[2] ** 2;
    const value = (point[k] ?? 0) / length;
    for (const axis of [0, 1, 2] as const) result[axis] += row[axis] * value;
  }
  return result;
}

/** A direction of patient coordinates in head coordinates (scaled). */
export function headDirection({ toHead }: Acquisition, d: Vector): [number, number, number] {
  const along = (row: Vector) => row[0] * d[0] + row[1] * d[1] + row[2] * d[2];
  return [along(toHead[0]), along(toHead[1]), along(toHead[2])];
}

/** Gravity of a patient on the back, as a unit vector in head coordinates. */
export function gravity(acquisition: Acquisition): [number, number, number] {
  const [x, y, z] = headDirection(acquisition, [0, 1, 0]);
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
