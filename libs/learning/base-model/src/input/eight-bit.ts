import type { HounsfieldPlane } from './hounsfield.js';

/** HU that stand for what was white or black in an 8-bit picture: bone and air, as far as anybody can tell. */
const WHITE = 1000;
const BLACK = -1000;

/**
 * What comes back of a slice that was kept as an 8-bit picture of one window (PNG, JPEG): inside the window values in steps of
 * (high - low) / 255 HU, rounded to whole HU; white is 1000 HU, black -1000 HU. Collections of pictures without DICOM files hold
 * nothing more, and a network that shall see them must have learned from such values.
 *
 * @param low HU that is black
 * @param high HU that is white; above `low`
 */
export function asEightBit(plane: HounsfieldPlane, low: number, high: number): HounsfieldPlane {
  const { pixels, intercept, rows, columns } = plane;
  const seen = new Int16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const share = (pixels[i]! + intercept - low) / (high - low);
    const gray = Math.round(Math.min(Math.max(share, 0), 1) * 255);
    seen[i] = gray >= 254 ? WHITE : gray <= 1 ? BLACK : Math.round(low + (gray / 255) * (high - low));
  }
  return { rows, columns, pixels: seen, intercept: 0 };
}
