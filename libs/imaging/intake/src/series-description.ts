import { sliceNormal } from './geometry.js';
import type { SeriesAttributes } from './headers.js';

/** What a file says of the series that it is of. */
export type SeriesHeader = Omit<
  SeriesAttributes,
  | 'SOPClassUID'
  | 'PatientID'
  | 'IssuerOfPatientID'
  | 'PatientName'
  | 'PatientBirthDate'
  | 'PatientSex'
  | 'StudyInstanceUID'
  | 'SeriesInstanceUID'
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
  const normal = sliceNormal(axes);
  if (!normal) return undefined;
  const [x, y, z] = [Math.abs(normal[0]), Math.abs(normal[1]), Math.abs(normal[2])];
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
