import { present } from '@ichor/files/present';
import { channelPlane, type ChannelScale, type WindowedSlice } from '@ichor/windowing';
import type { Geometry } from './geometry.js';
import { kernelFits, kernelSampler } from './kernel.js';
import { LookUp, type Span } from './look-up.js';

/**
 * Crop, resize, flips, transposition and rotation as one bilinear look-up per pixel of the result.
 *
 * Without a rotation this is OpenCV's `resize` of the crop. With a rotation, OpenCV makes two look-ups (`resize`, then
 * `warpAffine`), which blurs twice. This function makes one look-up, at the same place of the source.
 *
 * @param output channels x rows x columns from `start`
 */
export function resampleBilinear(
  image: WindowedSlice,
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
    if (inside.from < inside.to) fill(y, inside, output, line, plane);
    scales.forEach(({ border }, channel) => {
      const at = line + channel * plane;
      const read = present(readers[channel]);
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

/** Fills the columns of a row; the row starts at `line` of the output, and each channel has `plane` values. */
type RowFiller = (y: number, columns: Span, output: Float32Array, line: number, plane: number) => void;

function rowFiller(
  image: WindowedSlice,
  { toPixel }: LookUp,
  scales: readonly ChannelScale[],
  longestRow: number,
): RowFiller {
  if (!kernelFits(image)) return portableFiller(image, toPixel, scales);
  const channels = image.windows.map(({ low, high }, channel) => {
    const { gain, offset } = present(scales[channel]);
    const factor = gain / (high - low);
    return { low, high, factor, addend: offset - low * factor };
  });
  const sampler = kernelSampler(image, channels, longestRow);
  return (y, { from, to }, output, line, plane) => {
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

/** For fractions of HU. The kernel is tested against this function. */
function portableFiller(
  image: WindowedSlice,
  toPixel: LookUp['toPixel'],
  scales: readonly ChannelScale[],
): RowFiller {
  const pitch = image.columns;
  const planes = scales.map((scale, channel) => channelPlane(image, channel, scale));
  return (y, { from, to }, output, line, plane) => {
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
  { pixels, columns, windows }: WindowedSlice,
  channel: number,
  { gain, offset }: ChannelScale,
): (row: number, column: number) => number {
  const { low, high } = present(windows[channel]);
  const factor = gain / (high - low);
  return (row, column) => {
    const value = pixels[row * columns + column]!;
    return ((value < low ? low : value > high ? high : value) - low) * factor + offset;
  };
}
