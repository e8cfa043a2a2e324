import type { GrayPicture } from './gray.js';
import type { ColorPicture } from './heat.js';

/** Which pixels belong to something: not 0. Rows from top to bottom. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * Draws the border of a mask over a picture of the same size: the pixels of the mask that have a neighbour (left, right,
 * above, below) outside it. The inside stays visible.
 *
 * @throws RangeError when the sizes differ
 */
export function overlayOutline(
  picture: GrayPicture,
  mask: Mask,
  color: readonly [red: number, green: number, blue: number] = [64, 224, 120],
): ColorPicture {
  const { width, height } = picture;
  if (mask.width !== width || mask.height !== height) {
    throw new RangeError(
      `outline: a mask of ${mask.width} x ${mask.height} over a picture of ${width} x ${height}`,
    );
  }
  const isIn = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && mask.data[y * width + x] !== 0;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const isInner = isIn(x - 1, y) && isIn(x + 1, y) && isIn(x, y - 1) && isIn(x, y + 1);
      const gray = picture.data[i]!;
      data.set(isIn(x, y) && !isInner ? color : [gray, gray, gray], 3 * i);
    }
  }
  return { width, height, data };
}
