/** A CT display window in Hounsfield units. */
export interface DisplayWindow {
  readonly name: string;
  readonly center: number;
  readonly width: number;
}

/** The windows in which neuroradiologists look for blood, and the one for fractures. */
export const displayWindows = {
  brain: { name: 'brain', center: 40, width: 80 },
  subdural: { name: 'subdural', center: 80, width: 200 },
  bone: { name: 'bone', center: 600, width: 2800 },
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
export function applyWindow(slice: HounsfieldSlice, { center, width }: DisplayWindow): GrayPicture {
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
