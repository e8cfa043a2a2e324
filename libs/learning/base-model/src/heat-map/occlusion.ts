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
 * It needs no feature maps, so it works where Grad-CAM does not: for small pictures, whose feature map is a single cell. It
 * costs 64 passes, which is little for small pictures.
 *
 * @param image [1, channels, size, size]
 */
export async function occlusionMap(run: Run, image: Tensor, logit: number): Promise<ActivationMap> {
  const distance = present(image.shape[2]) / PLACES;
  const squares = Array.from({ length: PLACES * PLACES }, (_, place) => ({
    x: ((place % PLACES) + 0.5) * distance,
    y: (Math.floor(place / PLACES) + 0.5) * distance,
    side: EXTENT * distance,
  }));
  const map = await fallsOf(run, image, logit, squares);
  const peak = map.reduce((highest, value) => Math.max(highest, value), 0);
  return { width: PLACES, height: PLACES, data: peak > 0 ? map.map((fall) => fall / peak) : map, peak };
}

/** By its middle, in pixels from the upper left corner. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * How much the logit falls when each square is covered, 0 where it does not.
 *
 * The cover removes dense pixels, as blood is dense: values above the mean of their channel become that mean. Air stays air: a
 * gray square in air would change the logit by itself.
 *
 * @param image [1, channels, size, size]
 */
export async function fallsOf(
  run: Run,
  { shape, data }: Tensor,
  logit: number,
  squares: readonly Square[],
): Promise<Float32Array> {
  const [, channels, size] = shape as [number, number, number, number];
  const plane = size * size;
  const means = Array.from(
    { length: channels },
    (_, channel) =>
      data.subarray(channel * plane, (channel + 1) * plane).reduce((sum, v) => sum + v, 0) / plane,
  );
  // The picture as it is, then a covered one for each square.
  const batch = new Float32Array((squares.length + 1) * data.length);
  for (let sample = 0; sample <= squares.length; sample++) batch.set(data, sample * data.length);
  for (const [index, { x: across, y: down, side }] of squares.entries()) {
    const [top, bottom] = covered(down, side, size);
    const [left, right] = covered(across, side, size);
    for (const [channel, mean] of means.entries()) {
      const start = (index + 1) * data.length + channel * plane;
      for (let y = top; y < bottom; y++) {
        for (let i = start + y * size + left; i < start + y * size + right; i++) {
          batch[i] = Math.min(batch[i]!, mean);
        }
      }
    }
  }
  const image = { shape: [squares.length + 1, channels, size, size], data: batch };
  const logits = present((await run({ image }, ['logits']))['logits']);
  const classes = present(logits.shape[1]);
  const whole = logits.data[logit]!;
  return Float32Array.from(squares, (_, index) =>
    Math.max(0, whole - logits.data[(index + 1) * classes + logit]!),
  );
}

/** First pixel and the pixel after the last of a square's side, clipped at the border. */
function covered(middle: number, side: number, size: number): [from: number, to: number] {
  return [Math.max(0, Math.round(middle - side / 2)), Math.min(size, Math.round(middle + side / 2))];
}
