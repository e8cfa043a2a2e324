import { present } from '@ichor/files';
import {
  grayPicture,
  displayWindows,
  drawMarks,
  edgeMarks,
  overlayHeat,
  shrink,
  type ColorPicture,
  type GrayPicture,
} from '@ichor/windowing/pictures';
import type { PredictedSlice } from '../study-predictor.js';

/** Brain window, subdural window, bone window and heat map of a slice, in one row, each with the marks of its edges. */
export function keyPicture(slice: PredictedSlice): ColorPicture {
  const picture = shrink(slice.picture(), 512);
  const tiles = Object.values(displayWindows).map((window) => colored(grayPicture(picture, window)));
  const brain = grayPicture(picture, displayWindows.brain);
  tiles.push(slice.heat ? overlayHeat(brain, slice.heat) : colored(brain));
  const marks = edgeMarks(slice.orientation);
  return sideBySide(marks ? tiles.map((tile) => drawMarks(tile, marks)) : tiles);
}

function colored({ width, height, data }: GrayPicture): ColorPicture {
  const colors = new Uint8Array(3 * data.length);
  data.forEach((gray, i) => colors.fill(gray, 3 * i, 3 * i + 3));
  return { width, height, data: colors };
}

function sideBySide(tiles: readonly ColorPicture[]): ColorPicture {
  const { width, height } = present(tiles[0]);
  const data = new Uint8Array(3 * width * height * tiles.length);
  tiles.forEach((tile, column) => {
    for (let y = 0; y < height; y++) {
      const row = tile.data.subarray(3 * y * width, 3 * (y + 1) * width);
      data.set(row, 3 * (y * width * tiles.length + column * width));
    }
  });
  return { width: width * tiles.length, height, data };
}
