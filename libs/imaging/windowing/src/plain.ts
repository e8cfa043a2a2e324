import type { ChannelStatistics, Scale } from './normalization.js';
import type { PixelValues } from './values.js';
import type { WindowBounds } from './window.js';

/** Statistics of the windowed values, for any type of pixels and any bounds. */
export function plainStatistics(values: PixelValues, { low, high }: WindowBounds): ChannelStatistics {
  let sum = 0;
  let min = high;
  let max = low;
  for (let i = 0; i < values.length; i++) {
    const pixel = values[i]!;
    const value = pixel < low ? low : pixel > high ? high : pixel;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const width = high - low;
  return {
    mean: (sum / values.length - low) / width,
    min: (min - low) / width,
    max: (max - low) / width,
  };
}

/** Writes the windowed values, times `gain`, plus `offset`. */
export function plainPlane(
  values: PixelValues,
  { low, high }: WindowBounds,
  { gain, offset }: Scale,
  target: Float32Array,
): void {
  const factor = gain / (high - low);
  const addend = offset - low * factor;
  for (let i = 0; i < target.length; i++) {
    const value = values[i]!;
    target[i] = (value < low ? low : value > high ? high : value) * factor + addend;
  }
}
