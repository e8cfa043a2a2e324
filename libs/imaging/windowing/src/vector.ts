import { kernel, type CodeBounds } from './kernel.js';
import type { Pixels } from './pixels.js';
import type { WindowPlan } from './plan.js';
import { channelScaling } from './scaling.js';
import { windowBounds, type Window } from './window.js';

const LOWEST = -32_768;
const HIGHEST = 32_767;

/**
 * The bounds of a window in the codes of the kernel, where HU = code * slope + `intercept`; undefined when the window
 * does not clamp at whole codes, or shows none.
 */
export function codeBounds(window: Window, slope: number, intercept: number): CodeBounds | undefined {
  const { low, high } = windowBounds(window);
  const from = (low - intercept) / slope;
  const to = (high - intercept) / slope;
  if (!(slope > 0) || !Number.isInteger(from) || !Number.isInteger(to)) return undefined;
  // A bound that no code reaches changes nothing; a window that no code reaches is left to others.
  if (from > HIGHEST || to < LOWEST) return undefined;
  return { low: Math.max(LOWEST, from), high: Math.min(HIGHEST, to) };
}

/**
 * 16-bit pixels and windows with whole bounds in stored values, as all CT with slope 1 has: eight pixels an
 * instruction. Gives false, and does nothing, for anything else.
 */
export function applyVector(
  plan: WindowPlan,
  windows: readonly Window[],
  values: Int16Array | Uint16Array,
  { slope, intercept }: Pixels,
  out: Float32Array,
): boolean {
  const zero = values instanceof Uint16Array ? intercept - LOWEST * slope : intercept;
  const bounds = windows.map((window) => codeBounds(window, slope, zero));
  if (values.length === 0 || !bounds.every((each) => each !== undefined)) return false;
  const threadKernel = kernel();
  threadKernel.load(values);
  for (const [channel, each] of bounds.entries()) {
    const codes = threadKernel.statistics(each);
    const hu = (code: number) => code * slope + zero;
    const clamped = { min: hu(codes.min), max: hu(codes.max), mean: hu(codes.mean) };
    const { factor, offset } = channelScaling(plan, channel, windows[channel]!, clamped);
    const target = out.subarray(channel * values.length, (channel + 1) * values.length);
    // Counted from the lower bound, numbers are small and float32 is exact to its last digit or two.
    threadKernel.scale(each, slope * factor, hu(each.low) * factor + offset, target);
  }
  return true;
}
