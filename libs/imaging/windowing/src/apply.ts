import { present } from '@ichor/files/present';
import { channelScales } from './normalization.js';
import type { WindowPlan } from './plan.js';
import type { PixelValues } from './values.js';
import { windowBounds, type Window, type WindowBounds } from './window.js';
import { windower } from './windower.js';

/** Stored values of one slice. Hounsfield units = value * slope + intercept. */
export interface Pixels {
  readonly values: PixelValues;
  /** RescaleSlope (0028,1053), HU per stored value, above 0. */
  readonly slope: number;
  /** RescaleIntercept (0028,1052), HU. */
  readonly intercept: number;
}

/**
 * Makes the channels of a network's input from the stored values of a slice, at the size of the slice.
 * Cropped and resized input is made by `@ichor/augment`, from the same windows and statistics.
 *
 * @param out one plane of `values.length` numbers for each channel of the plan, one after another (CHW).
 * @param fileWindow the file's own window, for plans that show it.
 * @throws RangeError when `out` has another length, the slope is not above 0, a window is empty, or a plan asks
 * for a window that the slice lacks.
 */
export function applyWindows(
  plan: WindowPlan,
  { values, slope, intercept }: Pixels,
  out: Float32Array,
  fileWindow?: Window,
): void {
  const needed = values.length * plan.channels.length;
  if (out.length !== needed)
    throw new RangeError(
      `out holds ${out.length} numbers; ${plan.channels.length} channels of ${values.length} pixels need ${needed}`,
    );
  if (!(slope > 0) || !Number.isFinite(slope) || !Number.isFinite(intercept))
    throw new RangeError(`HU = stored * ${slope} + ${intercept}: a slope above 0 expected`);
  // Moving the windows instead of the pixels saves a pass over the slice.
  const windows = plan.channels.map((_, channel) =>
    storedBounds(channelWindow(plan, channel, fileWindow), slope, intercept),
  );
  const way = windower(values, windows);
  const statistics = windows.map((bounds) => way.statistics(bounds));
  const scales = channelScales(plan, statistics);
  for (const [channel, bounds] of windows.entries()) {
    const target = out.subarray(channel * values.length, (channel + 1) * values.length);
    way.plane(bounds, present(scales[channel]), target);
  }
}

/** The window of a channel, or the file's own window if the plan requests it. */
function channelWindow(plan: WindowPlan, channel: number, fileWindow: Window | undefined): Window {
  const { window } = present(plan.channels[channel]);
  if (window !== 'file') return window;
  if (fileWindow === undefined)
    throw new RangeError(`channel ${channel} shows the file's own window, but the slice has none`);
  return fileWindow;
}

/** The bounds of a window in stored values. */
function storedBounds(window: Window, slope: number, intercept: number): WindowBounds {
  const { low, high } = windowBounds(window);
  if (!(low < high)) throw new RangeError(`an empty window: ${JSON.stringify(window)}`);
  return { low: (low - intercept) / slope, high: (high - intercept) / slope };
}
