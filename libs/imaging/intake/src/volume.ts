import type { Header } from './headers.js';

/** Files of one series that make one volume. */
export interface Volume {
  readonly members: readonly Header[];
  /** What tells it from the other volumes of its series, e.g. `ConvolutionKernel H60s`. */
  readonly differs: readonly string[];
}
