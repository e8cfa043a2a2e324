import { histogram } from './histogram.js';
import { isNarrow, type NarrowValues, type Pixels, type WideValues } from './pixels.js';
import type { WindowPlan } from './plan.js';
import { channelScaling, channelWindow, type ChannelScaling } from './scaling.js';
import { viewStatistics, type ViewStatistics } from './statistics.js';
import { applyVector } from './vector.js';
import { windowBounds, type Window } from './window.js';

/**
 * Makes the channels of a network's input from the stored values of a slice.
 *
 * @param out one plane of `values.length` numbers for each channel of the plan, one after another (CHW).
 * @param fileWindow the file's own window, for plans that show it.
 * @throws RangeError when `out` has another length, or a plan asks for a window that the slice lacks.
 */
export function applyWindows(plan: WindowPlan, pixels: Pixels, out: Float32Array, fileWindow?: Window): void {
  const { values } = pixels;
  const needed = values.length * plan.channels.length;
  if (out.length !== needed)
    throw new RangeError(
      `out holds ${out.length} numbers; ${plan.channels.length} channels of ${values.length} pixels need ${needed}`,
    );
  const windows = plan.channels.map((_, channel) => channelWindow(plan, channel, fileWindow));
  const sixteen = values instanceof Int16Array || values instanceof Uint16Array;
  if (sixteen && applyVector(plan, windows, values, pixels, out)) return;
  if (isNarrow(values)) lookUp(plan, windows, values, pixels, out);
  else compute(plan, windows, values, pixels, out);
}

/**
 * 8 bits, and 16 where `applyVector` does not apply: the histogram gives the mean and the range of every window, so that one table of a few
 * thousand entries maps a stored value to the finished number, and each pixel is touched once.
 */
function lookUp(
  plan: WindowPlan,
  windows: readonly Window[],
  values: NarrowValues,
  { slope, intercept }: Pixels,
  out: Float32Array,
): void {
  const counted = histogram(values);
  const span = counted.counts.length;
  // Rows of four numbers: one shift finds the row, and a row lies in one cache line.
  for (let first = 0; first < windows.length; first += 3) {
    const rows = new Float32Array(4 * span);
    const group = windows.slice(first, first + 3);
    for (const [column, window] of group.entries()) {
      const { low, high } = windowBounds(window);
      const clamped = (stored: number) => Math.min(high, Math.max(low, stored * slope + intercept));
      const statistics = viewStatistics(counted, clamped);
      const { factor, offset } = channelScaling(plan, first + column, window, statistics);
      for (let i = 0; i < span; i++) rows[4 * i + column] = clamped(counted.min + i) * factor + offset;
    }
    const planes = group.map((_, column) => plane(out, first + column, values.length));
    const [a, b, c] = planes;
    if (a !== undefined && b !== undefined && c !== undefined)
      threePlanes(values, counted.min, rows, a, b, c);
    else for (const [column, only] of planes.entries()) onePlane(values, counted.min, rows, column, only);
  }
}

function threePlanes(
  values: NarrowValues,
  min: number,
  rows: Float32Array,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): void {
  for (let i = 0; i < values.length; i++) {
    const row = (values[i]! - min) << 2;
    a[i] = rows[row]!;
    b[i] = rows[row + 1]!;
    c[i] = rows[row + 2]!;
  }
}

function onePlane(
  values: NarrowValues,
  min: number,
  rows: Float32Array,
  column: number,
  target: Float32Array,
): void {
  for (let i = 0; i < values.length; i++) target[i] = rows[((values[i]! - min) << 2) + column]!;
}

function plane(out: Float32Array, channel: number, size: number): Float32Array {
  return out.subarray(channel * size, (channel + 1) * size);
}

/** Floats and 32 bits: statistics first, then clamp and scale. */
function compute(
  plan: WindowPlan,
  windows: readonly Window[],
  values: WideValues,
  { slope, intercept }: Pixels,
  out: Float32Array,
): void {
  for (const [channel, window] of windows.entries()) {
    const bounds = windowBounds(window);
    const clamped = clampedStatistics(values, slope, intercept, bounds.low, bounds.high);
    const scaling = channelScaling(plan, channel, window, clamped);
    scalePlane(values, slope, intercept, scaling, plane(out, channel, values.length));
  }
}

function clampedStatistics(
  values: WideValues,
  slope: number,
  intercept: number,
  low: number,
  high: number,
): ViewStatistics {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(high, Math.max(low, values[i]! * slope + intercept));
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { min, max, mean: sum / values.length };
}

function scalePlane(
  values: WideValues,
  slope: number,
  intercept: number,
  { low, high, factor, offset }: ChannelScaling,
  target: Float32Array,
): void {
  for (let i = 0; i < values.length; i++)
    target[i] = Math.min(high, Math.max(low, values[i]! * slope + intercept)) * factor + offset;
}
