import type { TrainingFixture } from './fixture.js';

/** Limits of a pass through the network and back. */
export interface BackwardLimits {
  readonly logits: number;
  readonly loss: number;
  readonly gradientNormMedian: number;
  readonly gradientNormMax: number;
  /** Of the sum and of the middle value of a gradient: the median over the tensors. */
  readonly gradientValueMedian: number;
}

/** Of the largest expected logit. PyTorch itself stays under 4e-6 in single precision. */
export const LOGITS = 1e-4;
/** Sums and middle values of activations: sums scaled by sqrt(n * sum of squares), values by the RMS. */
export const STAGES = 1e-4;

/** With running statistics the network is smooth enough for fixed limits. */
export const FROZEN: BackwardLimits = {
  logits: LOGITS,
  loss: LOGITS,
  gradientNormMedian: 5e-4,
  gradientNormMax: 5e-3,
  gradientValueMedian: 5e-3,
};

/** Single precision cannot be expected to be more exact than this. */
const FLOOR = 1e-5;
/**
 * How much worse than the worst of five single-precision runs of PyTorch a run may be: about three times.
 * The additional half is for the worst of some hundred tensors, which varies randomly.
 */
const MARGIN = 3.5;

/**
 * With batch statistics a rounding error flips signs before rectifiers and spreads; what is right depends on
 * the network and was measured in PyTorch (`float32Deviation`).
 */
export function batchStatisticsLimits({
  float32Deviation: measured,
}: TrainingFixture): BackwardLimits & { readonly runningStats: number } {
  const limit = (deviation: number) => Math.max(FLOOR, MARGIN * deviation);
  return {
    logits: limit(measured.logits),
    loss: limit(measured.loss),
    gradientNormMedian: limit(measured.gradientNormMedian),
    gradientNormMax: limit(measured.gradientNormMax),
    // A single value of a gradient moves more than its norm does.
    gradientValueMedian: 10 * limit(measured.gradientNormMedian),
    runningStats: limit(measured.runningStats),
  };
}
