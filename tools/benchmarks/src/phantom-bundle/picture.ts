import { present } from '@ichor/files';
import { studyTruth, type CohortOptions } from '@ichor/phantom';
import type { StudyPrediction } from '@ichor/predict';
import {
  displayWindows,
  encodePng,
  grayPicture,
  overlayHeat,
  overlayOutline,
  type ColorPicture,
} from '@ichor/windowing/pictures';

/** The most suspicious slice of a study in the brain window: with the true bleed outlined, and with the heat map. */
export function truthBesideHeat(
  { slices, keySlices }: StudyPrediction,
  set: CohortOptions,
): readonly [truth: ColorPicture, heat: ColorPicture] | undefined {
  const { slice, heat, picture } = present(slices[present(keySlices[0])]);
  const truth = studyTruth(set, 'test', slice.sopInstanceUid)?.get(slice.sopInstanceUid);
  if (truth === undefined || truth.kinds.length === 0 || heat === undefined) return undefined;
  const { width, height, mask } = truth;
  const brain = grayPicture(picture(), displayWindows.brain);
  return [overlayOutline(brain, { width, height, data: mask }), overlayHeat(brain, heat)];
}

/** PNG of pictures of one size: those of each pair below each other, the pairs side by side. */
export function sheet(pairs: readonly (readonly [ColorPicture, ColorPicture])[]): Uint8Array {
  const { width, height } = present(pairs[0])[0];
  const data = new Uint8Array(3 * 2 * height * width * pairs.length);
  for (const [column, pair] of pairs.entries()) {
    for (const [row, tile] of pair.entries()) {
      for (let y = 0; y < height; y++) {
        const line = tile.data.subarray(3 * y * width, 3 * (y + 1) * width);
        data.set(line, 3 * ((row * height + y) * width * pairs.length + column * width));
      }
    }
  }
  return encodePng({ width: width * pairs.length, height: 2 * height, data });
}
