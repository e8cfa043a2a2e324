import type { HounsfieldPlane } from './hounsfield.js';

/** HU of white and of black pixels of an 8-bit picture: most likely bone and air. */
const WHITE = 1000;
const BLACK = -1000;

/**
 * The values of a slice that was stored as an 8-bit picture of one window (PNG, JPEG): inside the window, steps of
 * (high - low) / 255 HU, rounded to whole HU; white is 1000 HU, black -1000 HU. Collections of pictures without DICOM files hold
 * nothing more, so a network for such pictures must be trained on such values.
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
