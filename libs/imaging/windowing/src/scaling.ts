import type { WindowPlan } from './plan.js';
import type { ViewStatistics } from './statistics.js';
import { windowBounds, type Window } from './window.js';

/** One channel of a plan for one slice: clamp HU to low..high, then `hu * factor + offset`. */
export interface ChannelScaling {
  readonly low: number;
  readonly high: number;
  readonly factor: number;
  readonly offset: number;
}

/** The window of a channel, or the file's own where the plan asks for that. */
export function channelWindow(plan: WindowPlan, channel: number, fileWindow: Window | undefined): Window {
  const { window } = plan.channels[channel]!;
  if (window !== 'file') return window;
  if (fileWindow === undefined)
    throw new RangeError(`channel ${channel} shows the file's own window, but the slice has none`);
  return fileWindow;
}

/**
 * Folds clamping, scaling, mean subtraction and normalization of a channel into one clamp and one affine map.
 *
 * `clamped` are the statistics of the clamped slice in HU.
 */
export function channelScaling(
  plan: WindowPlan,
  channel: number,
  window: Window,
  clamped: ViewStatistics,
): ChannelScaling {
  const { low, high } = windowBounds(window);
  const [from, extent] =
    plan.channels[channel]!.scale === 'width'
      ? [low, window.width]
      : [clamped.min, clamped.max - clamped.min];
  let factor = extent === 0 ? 0 : 1 / extent;
  let offset = -(plan.subtractMean ? clamped.mean : from) * factor;
  if (plan.normalize !== undefined) {
    const mean = plan.normalize.mean[channel];
    const std = plan.normalize.std[channel];
    if (mean === undefined || std === undefined)
      throw new RangeError(
        `the plan has ${plan.channels.length} channels, but no mean and std for channel ${channel}`,
      );
    factor /= std;
    offset = (offset - mean) / std;
  }
  return { low, high, factor, offset };
}
