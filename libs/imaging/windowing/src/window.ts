/** A CT window. Both in HU. */
export interface Window {
  readonly center: number;
  readonly width: number;
}

/** Values at or below `low` become 0, at or above `high` become 1, linear between. */
export interface WindowBounds {
  readonly low: number;
  readonly high: number;
}

export const brainWindow: Window = { center: 40, width: 80 };
export const subduralWindow: Window = { center: 80, width: 200 };
/** Soft tissue up to the beginning of bone. */
export const softTissueWindow: Window = { center: 40, width: 380 };
export const boneWindow: Window = { center: 600, width: 2800 };

/**
 * What a window clamps to: `[center - floor(width / 2), center + floor(width / 2)]`, in HU.
 *
 * The rule of the reference pipeline (whole-number windows). It is not the display function of
 * DICOM PS3.3 C.11.2.1.2, which is half a step narrower.
 */
export function windowBounds({ center, width }: Window): WindowBounds {
  const half = Math.floor(width / 2);
  return { low: center - half, high: center + half };
}
