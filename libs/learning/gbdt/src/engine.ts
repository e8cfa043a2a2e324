import type { FeatureMatrix } from './matrix.js';
import type { GbdtParameters } from './parameters.js';

export type GbdtEngineName = 'lightgbm' | 'ml-xgboost';

/** A library that grows boosted trees for binary targets. */
export interface GbdtEngine {
  readonly name: GbdtEngineName;
  /** Version of the library, if it reports one, and the path where it was found; for logs and manifests. */
  readonly description: string;
  /**
   * Throws before any work when a table of this size cannot be trained here.
   *
   * @throws GbdtError `gbdt/too-large`
   */
  checkSize(rows: number, columns: number): void;
  /**
   * Prepares features for training. The matrix may be released afterwards; labels are set separately, so that
   * one prepared set serves several targets.
   *
   * @param options.reference the training set whose bins a validation set shares
   * @throws GbdtError `gbdt/matrix`, `gbdt/too-large`, `gbdt/library`
   */
  dataset(
    matrix: FeatureMatrix,
    options: { readonly parameters: GbdtParameters; readonly reference?: GbdtDataset },
  ): GbdtDataset;
  /** @throws GbdtError `gbdt/labels`, `gbdt/library` */
  train(options: GbdtTrainOptions): Promise<GbdtModel>;
  /** @throws GbdtError `gbdt/model` when the file is not of this engine's format */
  load(path: string): Promise<GbdtModel>;
}

export interface GbdtDataset {
  readonly rows: number;
  readonly names: readonly string[];
  /**
   * 0 or 1 for each row; replaces what was set before.
   *
   * @throws GbdtError `gbdt/labels`
   */
  setLabels(labels: Float32Array): void;
  dispose(): void;
}

export interface GbdtTrainOptions {
  readonly train: GbdtDataset;
  /** Measured each round; made with `reference: train`. */
  readonly valid?: GbdtDataset;
  readonly parameters: GbdtParameters;
  /** Maximum number of trees. */
  readonly rounds: number;
  /** Stops when the log loss of `valid` has not fallen for so many rounds, and keeps the best. */
  readonly earlyStoppingRounds?: number;
  /** Called after each round. */
  readonly onRound?: (round: number, validLoss: number | undefined) => void;
  readonly signal?: AbortSignal;
}

export interface GbdtModel {
  readonly engine: GbdtEngineName;
  readonly names: readonly string[];
  /** Trees in use: the best round where there was a validation set. */
  readonly rounds: number;
  /** Log loss of the validation set after each round. */
  readonly validLosses: readonly number[];
  /** Probabilities, one a row. The columns must be those of training, in their order. */
  predict(matrix: FeatureMatrix): Float32Array;
  /** Summed gain of the splits on each column; undefined where the library does not report it. */
  importance(): Float64Array | undefined;
  /** Writes the model in the format of its engine (LightGBM: its text format). */
  save(path: string): Promise<void>;
  dispose(): void;
}
