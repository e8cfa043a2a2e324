/** What shapes the trees, in LightGBM's words. Defaults are LightGBM's own. */
export interface GbdtParameters {
  /** Shrinkage of each tree. Default 0.1. */
  readonly learningRate?: number;
  /** Leaves of a tree. Default 31. */
  readonly leaves?: number;
  /** Bins of a feature. Default 255. */
  readonly maxBin?: number;
  /** Share of the features drawn for each tree. Default 1. */
  readonly featureFraction?: number;
  /** Share of the rows drawn for each tree, where `baggingFrequency` is above 0. Default 1. */
  readonly baggingFraction?: number;
  /** Number of trees after which rows are drawn again; 0: never, for any fraction. Default 0. */
  readonly baggingFrequency?: number;
  /** Default 20. */
  readonly minDataInLeaf?: number;
  /** Default 1e-3. */
  readonly minSumHessianInLeaf?: number;
  /** Default 0. */
  readonly minGainToSplit?: number;
  /** Same seed, same trees. Default 0. */
  readonly seed?: number;
  /** Default: all cores. */
  readonly threads?: number;
}

/**
 * The parameters as LightGBM's `key=value` text, for a binary target measured by log loss.
 *
 * `deterministic` and a fixed histogram layout make the trees independent of the number of threads.
 *
 * @see https://lightgbm.readthedocs.io/en/v4.1.0/Parameters.html
 */
export function lightgbmParameters(parameters: GbdtParameters): string {
  const seed = parameters.seed ?? 0;
  const entries: Record<string, string | number | undefined> = {
    objective: 'binary',
    metric: 'binary_logloss',
    learning_rate: parameters.learningRate,
    num_leaves: parameters.leaves,
    max_bin: parameters.maxBin,
    feature_fraction: parameters.featureFraction,
    bagging_fraction: parameters.baggingFraction,
    bagging_freq: parameters.baggingFrequency,
    min_data_in_leaf: parameters.minDataInLeaf,
    min_sum_hessian_in_leaf: parameters.minSumHessianInLeaf,
    min_gain_to_split: parameters.minGainToSplit,
    seed,
    deterministic: 'true',
    force_col_wise: 'true',
    num_threads: parameters.threads,
    verbosity: -1,
  };
  return Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/**
 * The nearest settings of XGBoost 0.7, which grows trees by depth: a tree of n leaves becomes one of
 * ceil(log2(n)) levels. Bins, minimal rows in a leaf and threads have no counterpart in the exact method.
 *
 * @see https://xgboost.readthedocs.io/en/stable/parameter.html
 */
export function xgboostParameters(parameters: GbdtParameters): Record<string, string | number> {
  const bagging = (parameters.baggingFrequency ?? 0) > 0 ? (parameters.baggingFraction ?? 1) : 1;
  return {
    booster: 'gbtree',
    objective: 'binary:logistic',
    tree_method: 'exact',
    silent: 1,
    eta: parameters.learningRate ?? 0.1,
    max_depth: Math.ceil(Math.log2(parameters.leaves ?? 31)),
    colsample_bytree: parameters.featureFraction ?? 1,
    subsample: bagging,
    min_child_weight: parameters.minSumHessianInLeaf ?? 1e-3,
    gamma: parameters.minGainToSplit ?? 0,
    // LightGBM's default; XGBoost's is 1.
    lambda: 0,
    seed: parameters.seed ?? 0,
  };
}
