import type { SeriesAttributes } from './headers.js';

/** What a series says of itself, from one of its slices. */
export type SeriesHeader = Omit<
  SeriesAttributes,
  'SOPClassUID' | 'PatientID' | 'StudyInstanceUID' | 'SeriesInstanceUID'
>;

/** How the slices lie in the patient. */
export type Plane = 'axial' | 'coronal' | 'sagittal' | 'oblique';

/** Largest angle between the slice normal and the long axis that still counts as axial; gantries tilt up to 30°. */
const axialLimit = Math.cos((35 * Math.PI) / 180);
/** For the two other planes and for what lies between. */
const planeLimit = Math.cos((40 * Math.PI) / 180);

/** The plane by the slice normal (PS3.3 C.7.6.2.1.1); undefined when the file does not tell. */
export function planeOf({
  ImageOrientationPatient: axes,
}: Pick<SeriesHeader, 'ImageOrientationPatient'>): Plane | undefined {
  if (!axes) return undefined;
  const [rx, ry, rz, cx, cy, cz] = axes;
  const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  const length = Math.hypot(...normal);
  if (length === 0) return undefined;
  const [x, y, z] = normal.map((part) => Math.abs(part) / length) as [number, number, number];
  if (z >= axialLimit) return 'axial';
  if (y >= planeLimit) return 'coronal';
  if (x >= planeLimit) return 'sagittal';
  return 'oblique';
}

/**
 * Whether a reconstruction kernel is a sharp one, made for bone: it doubles the noise of the brain and hides blood.
 *
 * Names by vendor: GE (BONE, EDGE, LUNG, DETAIL is mild), Siemens (H60s, Hr59, J70h: the number is the sharpness,
 * 60 and more is bone; B and T are body kernels), Philips (D, E, L, YC, YD), Canon/Toshiba (FC30, FC80 and more).
 */
export function isSharpKernel(kernel: string | undefined): boolean {
  if (kernel === undefined) return false;
  const name = kernel.trim().toUpperCase();
  if (/BONE|EDGE|LUNG|SHARP|ULTRA/.test(name)) return true;
  const siemens = /^[HJUTB][A-Z]?(\d\d)/.exec(name);
  if (siemens) return Number(siemens[1]) >= 58;
  const canon = /^FC(\d\d)/.exec(name);
  if (canon) return (Number(canon[1]) >= 30 && Number(canon[1]) < 40) || Number(canon[1]) >= 80;
  return /^(D|E|L|YC|YD|YE)$/.test(name);
}
