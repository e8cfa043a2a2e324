import { boneWindow, brainWindow, subduralWindow, type Window } from '../window.js';

/** A window with the name under which pages show it. */
export interface DisplayWindow extends Window {
  readonly name: string;
}

/** The windows in which neuroradiologists look for blood, and the one for fractures. */
export const displayWindows = {
  brain: { name: 'brain', ...brainWindow },
  subdural: { name: 'subdural', ...subduralWindow },
  bone: { name: 'bone', ...boneWindow },
} as const satisfies Record<string, DisplayWindow>;

/** An 8-bit picture, one byte a pixel, rows from top to bottom. */
export interface GrayPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A slice in Hounsfield units, rows from top to bottom. */
export interface HounsfieldSlice {
  readonly width: number;
  readonly height: number;
  readonly data: Int16Array | Float32Array;
}

/**
 * Maps Hounsfield units linearly to 0..255, clamped:
 * center - width/2 becomes black, center + width/2 white (DICOM PS3.3 C.11.2.1.3.2, LINEAR_EXACT).
 */
export function grayPicture(slice: HounsfieldSlice, { center, width }: Window): GrayPicture {
  const { data } = slice;
  const gray = new Uint8Array(data.length);
  const lowest = center - width / 2;
  const scale = 255 / width;
  for (let i = 0; i < data.length; i++) {
    const level = (data[i]! - lowest) * scale;
    gray[i] = level <= 0 ? 0 : level >= 255 ? 255 : level + 0.5;
  }
  return { width: slice.width, height: slice.height, data: gray };
}
