/** How models are scored. Which models there are, and which one is submitted, is in the package.json of the apps. */
export interface ScoringConfig {
  /** Probabilities are clipped to [clip, 1 - clip], in the file and in the losses. */
  readonly clip: number;
  /** Resamples of the patients for an interval. */
  readonly bootstrap: { readonly loss: number; readonly auc: number; readonly seed: number };
}

export const config: ScoringConfig = { clip: 1e-6, bootstrap: { loss: 1000, auc: 200, seed: 10 } };
