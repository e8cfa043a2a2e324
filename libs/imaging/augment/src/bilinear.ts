import type { Geometry } from './geometry.js';
import { kernelFits, kernelSampler } from './kernel.js';
import { LookUp } from './look-up.js';
import { channelPlane, type WindowedImage } from './windowed-image.js';

/** Per channel: result = windowed value * gain + offset; `border` comes in from outside. */
export interface ChannelScale {
  readonly gain: number;
  readonly offset: number;
  readonly border: number;
}

/**
 * Crop, resize, flips, transposition and rotation as one bilinear look-up per pixel of the result.
 *
 * Without a rotation this is OpenCV's `resize` of the crop. With one, OpenCV's way is two look-ups (`resize`, then
 * `warpAffine`), which blurs twice; one look-up reads the source at the very place where the two would.
 *
 * @param output channels x rows x columns from `start`
 */
export function resampleBilinear(
  image: WindowedImage,
  geometry: Geometry,
  scales: readonly ChannelScale[],
  output: Float32Array,
  start: number,
): void {
  const { rows, columns } = geometry;
  const plane = rows * columns;
  const lookUp = new LookUp(geometry);
  const fill = rowFiller(image, lookUp, scales, columns);
  const readers = scales.map((scale, channel) => pixelReader(image, channel, scale));
  for (let y = 0; y < rows; y++) {
    const inside = lookUp.inside(y);
    const touched = lookUp.touched(y);
    const line = start + y * columns;
    if (inside.from < inside.to) fill(y, inside.from, inside.to, output, line, plane);
    scales.forEach(({ border }, channel) => {
      const at = line + channel * plane;
      const read = readers[channel]!;
      output.fill(border, at, at + touched.from);
      // An empty `inside` starts and ends at 0.
      for (let x = touched.from; x < inside.from; x++) output[at + x] = lookUp.atEdge(x, y, read, border);
      for (let x = Math.max(inside.to, touched.from); x < touched.to; x++) {
        output[at + x] = lookUp.atEdge(x, y, read, border);
      }
      output.fill(border, at + touched.to, at + columns);
    });
  }
}

type RowFiller = (
  y: number,
  from: number,
  to: number,
  output: Float32Array,
  line: number,
  plane: number,
) => void;

function rowFiller(
  image: WindowedImage,
  { toPixel }: LookUp,
  scales: readonly ChannelScale[],
  longestRow: number,
): RowFiller {
  const { pixels, rows, columns, windows } = image;
  if (!kernelFits(pixels, rows, columns, windows)) return portableFiller(image, toPixel, scales);
  const channels = windows.map(({ lower, upper }, channel) => {
    const { gain, offset } = scales[channel]!;
    const factor = gain / (upper - lower);
    return { lower, upper, factor, addend: offset - lower * factor };
  });
  const sampler = kernelSampler(pixels, rows, columns, channels, longestRow);
  return (y, from, to, output, line, plane) => {
    sampler.sample(
      toPixel.xx * from + toPixel.xy * y + toPixel.x0,
      toPixel.yx * from + toPixel.yy * y + toPixel.y0,
      toPixel.xx,
      toPixel.yx,
      to - from,
    );
    for (let channel = 0; channel < channels.length; channel++) {
      output.set(sampler.line(channel, to - from), line + channel * plane + from);
    }
  };
}

/** For fractions of HU; also what the kernel is tested against. */
export function portableFiller(
  image: WindowedImage,
  toPixel: LookUp['toPixel'],
  scales: readonly ChannelScale[],
): RowFiller {
  const pitch = image.columns;
  const planes = scales.map(({ gain, offset }, channel) => channelPlane(image, channel, gain, offset));
  return (y, from, to, output, line, plane) => {
    planes.forEach((values, channel) => {
      const at = line + channel * plane;
      for (let x = from; x < to; x++) {
        const sourceX = toPixel.xx * x + toPixel.xy * y + toPixel.x0;
        const sourceY = toPixel.yx * x + toPixel.yy * y + toPixel.y0;
        // Both are positive here: cutting off the fraction is the floor.
        const column = sourceX | 0;
        const row = sourceY | 0;
        const place = row * pitch + column;
        const t = sourceX - column;
        const a = values[place]!;
        const c = values[place + pitch]!;
        const above = a + (values[place + 1]! - a) * t;
        const below = c + (values[place + pitch + 1]! - c) * t;
        output[at + x] = above + (below - above) * (sourceY - row);
      }
    });
  };
}

function pixelReader(
  { pixels, columns, windows }: WindowedImage,
  channel: number,
  { gain, offset }: ChannelScale,
): (row: number, column: number) => number {
  const { lower, upper } = windows[channel]!;
  const factor = gain / (upper - lower);
  return (row, column) => {
    const value = pixels[row * columns + column]!;
    return ((value < lower ? lower : value > upper ? upper : value) - lower) * factor + offset;
  };
}
