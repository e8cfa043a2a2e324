import { present } from '@ichor/files/present';
import type { Tensor } from '@ichor/nn';
import type { ActivationMap } from './grad-cam.js';

/** Runs the network in evaluation mode; every row of `image` is a sample of its own. */
export type Run = (
  inputs: Readonly<Record<string, Tensor>>,
  outputs?: readonly string[],
) => Promise<Record<string, Tensor>>;

/** Places of a side where a square is covered. */
const PLACES = 8;
/** Sides of the square in distances from place to place: neighbours overlap, so that no bleed is cut by a border. */
const EXTENT = 2;

/**
 * How much the logit falls when a square of the picture is covered (Zeiler and Fergus 2014), positive part, 8 x 8 places.
 * Needs no feature maps, so it finds places where Grad-CAM cannot: in pictures so small that one cell is left of them. It
 * costs 64 passes, which is little just there.
 *
 * The cover takes away what blood is, the dense: values above the mean of their channel become that mean. Air stays air; a
 * grey square in it would be a find by itself.
 *
 * @param image [1, channels, size, size]
 */
export async function occlusionMap(run: Run, { shape, data }: Tensor, logit: number): Promise<ActivationMap> {
  const [, channels, size] = shape as [number, number, number, number];
  const plane = size * size;
  const cells = PLACES * PLACES;
  const means = Array.from(
    { length: channels },
    (_, channel) =>
      data.subarray(channel * plane, (channel + 1) * plane).reduce((sum, v) => sum + v, 0) / plane,
  );
  // The picture as it is, then a covered one for each place.
  const batch = new Float32Array((cells + 1) * data.length);
  for (let sample = 0; sample <= cells; sample++) batch.set(data, sample * data.length);
  for (let cell = 0; cell < cells; cell++) {
    const [top, bottom] = covered(Math.floor(cell / PLACES), size);
    const [left, right] = covered(cell % PLACES, size);
    for (const [channel, mean] of means.entries()) {
      const start = (cell + 1) * data.length + channel * plane;
      for (let y = top; y < bottom; y++) {
        for (let i = start + y * size + left; i < start + y * size + right; i++) {
          batch[i] = Math.min(batch[i]!, mean);
        }
      }
    }
  }
  const image = { shape: [cells + 1, channels, size, size], data: batch };
  const logits = present((await run({ image }, ['logits']))['logits']);
  const classes = present(logits.shape[1]);
  const whole = logits.data[logit]!;
  const map = Float32Array.from({ length: cells }, (_, cell) =>
    Math.max(0, whole - logits.data[(cell + 1) * classes + logit]!),
  );
  const peak = map.reduce((highest, value) => Math.max(highest, value), 0);
  return { width: PLACES, height: PLACES, data: peak > 0 ? map.map((fall) => fall / peak) : map, peak };
}

/** First pixel and the pixel after the last of the square at a position, clipped at the border. */
function covered(place: number, size: number): [from: number, to: number] {
  const distance = size / PLACES;
  const middle = (place + 0.5) * distance;
  const half = (EXTENT * distance) / 2;
  return [Math.max(0, Math.round(middle - half)), Math.min(size, Math.round(middle + half))];
}
