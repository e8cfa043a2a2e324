import { present } from '@ichor/files/present';
import type { ChannelStatistics, Scale } from './normalization.js';
import { plainPlane } from './plain.js';
import type { PixelValues } from './values.js';
import type { WindowBounds } from './window.js';
import { windower } from './windower.js';

/** One slice and its windows, one channel for each window; no picture is written. */
export interface WindowedSlice<Values extends PixelValues = Int16Array | Float32Array> {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; HU, or any unit in which the bounds are given too. */
  readonly pixels: Values;
  readonly windows: readonly WindowBounds[];
  /** Of the windowed values over all pixels, per channel. */
  readonly statistics: readonly ChannelStatistics[];
}

/**
 * @param pixels row by row. 16-bit pixels with whole window bounds take the fast way.
 * @throws RangeError when there are not rows x columns pixels, or for an empty window
 */
export function windowSlice<Values extends PixelValues>(
  pixels: Values,
  rows: number,
  columns: number,
  windows: readonly WindowBounds[],
): WindowedSlice<Values> {
  if (pixels.length !== rows * columns || rows < 1 || columns < 1)
    throw new RangeError(`${rows} x ${columns} pixels expected, received ${pixels.length} values`);
  if (windows.length === 0 || windows.some(({ low, high }) => !(low < high)))
    throw new RangeError(`at least one window with low < high expected, received ${JSON.stringify(windows)}`);
  const way = windower(pixels, windows);
  return { rows, columns, pixels, windows, statistics: windows.map((bounds) => way.statistics(bounds)) };
}

/** One channel as a picture: windowed, times `gain`, plus `offset`, in double precision rounded once. */
export function channelPlane(slice: WindowedSlice, channel: number, scale: Scale): Float32Array {
  const plane = new Float32Array(slice.pixels.length);
  plainPlane(slice.pixels, present(slice.windows[channel]), scale, plane);
  return plane;
}
