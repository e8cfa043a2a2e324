import { IchorError } from '@ichor/files';
import { kernelFits, kernelStatistics } from './kernel.js';

/** Values at or below `lower` become 0, at or above `upper` become 1, linear between. Unit: HU. */
export interface WindowBounds {
  readonly lower: number;
  readonly upper: number;
}

/** One slice and the windows through which it is seen, one channel each; no picture is written out. */
export interface WindowedImage {
  readonly rows: number;
  readonly columns: number;
  /** Hounsfield units, row by row. */
  readonly pixels: Int16Array | Float32Array;
  readonly windows: readonly WindowBounds[];
  /** Of the windowed values over all pixels, per channel. */
  readonly statistics: readonly ChannelStatistics[];
}

export interface ChannelStatistics {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/**
 * @param pixels Hounsfield units, row by row. Whole numbers (`Int16Array`) with whole window bounds take the fast way.
 * @throws IchorError `augment/shape` when there are not rows x columns pixels, `augment/window` for an empty window.
 */
export function windowImage(
  pixels: Int16Array | Float32Array,
  rows: number,
  columns: number,
  windows: readonly WindowBounds[],
): WindowedImage {
  if (pixels.length !== rows * columns || rows < 1 || columns < 1) {
    throw new IchorError({
      code: 'augment/shape',
      reason: `${rows} x ${columns} pixels expected, received ${pixels.length} values`,
    });
  }
  if (windows.length === 0 || windows.some(({ lower, upper }) => !(lower < upper))) {
    throw new IchorError({
      code: 'augment/window',
      reason: `at least one window with lower < upper expected, received ${JSON.stringify(windows)}`,
    });
  }
  const statistics = kernelFits(pixels, rows, columns, windows)
    ? kernelStatistics(pixels, windows)
    : windows.map((window) => planeStatistics(pixels, window));
  return { rows, columns, pixels, windows, statistics };
}

/** One channel as a picture: windowed, times `gain`, plus `offset`. */
export function channelPlane(
  image: WindowedImage,
  channel: number,
  gain: number,
  offset: number,
): Float32Array {
  const { pixels } = image;
  const { lower, upper } = image.windows[channel]!;
  const factor = gain / (upper - lower);
  const addend = offset - lower * factor;
  const plane = new Float32Array(pixels.length);
  for (let i = 0; i < plane.length; i++) {
    const value = pixels[i]!;
    plane[i] = (value < lower ? lower : value > upper ? upper : value) * factor + addend;
  }
  return plane;
}

function planeStatistics(
  pixels: Int16Array | Float32Array,
  { lower, upper }: WindowBounds,
): ChannelStatistics {
  let sum = 0;
  let min = upper;
  let max = lower;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const value = pixel < lower ? lower : pixel > upper ? upper : pixel;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return relative({ mean: sum / pixels.length, min, max }, { lower, upper });
}

function relative({ mean, min, max }: ChannelStatistics, { lower, upper }: WindowBounds): ChannelStatistics {
  const width = upper - lower;
  return { mean: (mean - lower) / width, min: (min - lower) / width, max: (max - lower) / width };
}
