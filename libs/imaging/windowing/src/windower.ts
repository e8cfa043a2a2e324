import { kernelFits, kernelWith } from './kernel.js';
import type { ChannelStatistics, Scale } from './normalization.js';
import { plainPlane, plainStatistics } from './plain.js';
import type { PixelValues } from './values.js';
import type { WindowBounds } from './window.js';

/** A slice as windows show it. Bounds are in the unit of the pixels. */
export interface Windower {
  statistics(bounds: WindowBounds): ChannelStatistics;
  /** Writes the windowed values (0..1), times `gain`, plus `offset`. */
  plane(bounds: WindowBounds, scale: Scale, target: Float32Array): void;
}

/** Uses the fast code if it supports the pixels and all windows, otherwise the plain code. Valid until the next call in this thread. */
export function windower(values: PixelValues, windows: readonly WindowBounds[]): Windower {
  if (kernelFits(values, windows)) return kernelWith(values);
  return {
    statistics: (bounds) => plainStatistics(values, bounds),
    plane: (bounds, scale, target) => {
      plainPlane(values, bounds, scale, target);
    },
  };
}
