import { channelPlane, type ChannelScale, type WindowedSlice } from '@ichor/windowing';
import type { Geometry } from './geometry.js';

/** Source pixels of one axis that a result pixel mixes, clamped to the crop, and their weights: four each. */
interface Taps {
  readonly positions: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Crop, bicubic resize (OpenCV's: Keys' kernel with a = -0.75, half-pixel centres, edges repeated), flips and
 * transposition; first along the rows, then along the columns.
 *
 * Parameters as in `resampleBilinear`.
 */
export function resampleBicubic(
  image: WindowedSlice,
  geometry: Geometry,
  scales: readonly ChannelScale[],
  output: Float32Array,
  start: number,
): void {
  const { crop, transpose, flipHorizontal, flipVertical } = geometry;
  const width = transpose ? geometry.rows : geometry.columns;
  const height = transpose ? geometry.columns : geometry.rows;
  const horizontal = taps(crop.left, crop.columns, width);
  const vertical = taps(0, crop.rows, height);

  // Where the pixel (x, y) of the resized picture lands after flips and transposition.
  const strideX = transpose ? geometry.columns : 1;
  const strideY = transpose ? 1 : geometry.columns;
  const stepX = flipHorizontal ? -strideX : strideX;
  const stepY = flipVertical ? -strideY : strideY;
  const origin = (flipHorizontal ? (width - 1) * strideX : 0) + (flipVertical ? (height - 1) * strideY : 0);

  const lines = new Float32Array(crop.rows * width);
  for (const [channel, scale] of scales.entries()) {
    const plane = channelPlane(image, channel, scale);
    for (let y = 0; y < crop.rows; y++) {
      mixColumns(plane, (crop.top + y) * image.columns, horizontal, lines, y * width);
    }
    const base = start + channel * geometry.rows * geometry.columns + origin;
    for (let y = 0; y < height; y++) {
      mixRows({ lines, width }, vertical, y, output, { first: base + y * stepY, step: stepX });
    }
  }
}

function mixColumns(
  plane: Float32Array,
  source: number,
  { positions, weights }: Taps,
  lines: Float32Array,
  target: number,
): void {
  const width = positions.length / 4;
  for (let x = 0, tap = 0; x < width; x++, tap += 4) {
    lines[target + x] =
      plane[source + positions[tap]!]! * weights[tap]! +
      plane[source + positions[tap + 1]!]! * weights[tap + 1]! +
      plane[source + positions[tap + 2]!]! * weights[tap + 2]! +
      plane[source + positions[tap + 3]!]! * weights[tap + 3]!;
  }
}

/** Row `y` of the resized picture; its pixels go to every `step`-th place of the output from `first` on. */
function mixRows(
  { lines, width }: { readonly lines: Float32Array; readonly width: number },
  { positions, weights }: Taps,
  y: number,
  output: Float32Array,
  { first, step }: { readonly first: number; readonly step: number },
): void {
  const a = positions[y * 4]! * width;
  const b = positions[y * 4 + 1]! * width;
  const c = positions[y * 4 + 2]! * width;
  const d = positions[y * 4 + 3]! * width;
  const weightA = weights[y * 4]!;
  const weightB = weights[y * 4 + 1]!;
  const weightC = weights[y * 4 + 2]!;
  const weightD = weights[y * 4 + 3]!;
  for (let x = 0; x < width; x++) {
    output[first + x * step] =
      lines[a + x]! * weightA + lines[b + x]! * weightB + lines[c + x]! * weightC + lines[d + x]! * weightD;
  }
}

function taps(first: number, sourceSize: number, targetSize: number): Taps {
  const positions = new Int32Array(targetSize * 4);
  const weights = new Float32Array(targetSize * 4);
  const scale = sourceSize / targetSize;
  for (let target = 0; target < targetSize; target++) {
    const centre = (target + 0.5) * scale - 0.5;
    const floor = Math.floor(centre);
    weights.set(cubicWeights(centre - floor), target * 4);
    for (let tap = 0; tap < 4; tap++) {
      positions[target * 4 + tap] = first + Math.min(Math.max(floor - 1 + tap, 0), sourceSize - 1);
    }
  }
  return { positions, weights };
}

/** Of the taps at floor - 1 .. floor + 2; `t` is the distance from the floor. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const before = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
  const left = ((a + 2) * t - (a + 3)) * t * t + 1;
  const s = 1 - t;
  const right = ((a + 2) * s - (a + 3)) * s * s + 1;
  return [before, left, right, 1 - before - left - right];
}
