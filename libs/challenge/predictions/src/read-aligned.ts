import { isThereSync } from '@ichor/files';
import type { Layout } from '@ichor/tables';
import { alignPredictions, type AlignedPredictions } from './align.js';
import { PredictionMeans } from './prediction-means.js';
import { readPasses, type PredictionFile } from './read.js';

export interface AlignedRead {
  readonly models: readonly string[];
  /** Folds whose files are read: every training fold for `valid`, the one fold for `test`. */
  readonly folds: readonly number[];
  /** `nested` reads `valid` for a model without nested predictions. */
  readonly kind: PredictionFile;
  /** The slices to read, in the order of the rows. */
  readonly ids: readonly string[];
  readonly onFile?: ((path: string) => void) | undefined;
}

/** The same slices as several models predicted them. */
export interface ReadPredictions {
  readonly predictions: AlignedPredictions;
  /** Index of each row of `predictions` among the requested slices. */
  readonly rows: Uint32Array;
  /** Slices that no model predicted. */
  readonly dropped: readonly string[];
}

/**
 * Reads the predictions of several models for the same slices, as means over their test-time passes. A slice that some
 * models lack takes the mean of the others; one that all lack is left out.
 *
 * @throws PredictionsError as `readPasses`; TableError
 */
export async function readAligned(layout: Layout, options: AlignedRead): Promise<ReadPredictions> {
  const { models, ids } = options;
  const isPredicted = new Uint8Array(ids.length);
  const columns: Float32Array[][] = [];
  for (const model of models) {
    const means = await readModel(layout, model, options);
    for (let row = 0; row < ids.length; row++) if (means.has(row)) isPredicted[row] = 1;
    columns.push(means.means().probabilities.map((column) => Float32Array.from(column)));
  }
  const rows = Uint32Array.from(ids.keys()).filter((row) => isPredicted[row] === 1);
  const known = columns.map((labels) =>
    labels.map((column) => Float32Array.from(rows, (row) => column[row]!)),
  );
  return {
    predictions: alignPredictions(models, known),
    rows,
    dropped: ids.filter((_, row) => isPredicted[row] === 0),
  };
}

async function readModel(
  layout: Layout,
  model: string,
  { folds, kind, ids, onFile }: AlignedRead,
): Promise<PredictionMeans> {
  const means = new PredictionMeans(ids);
  for (const fold of folds) {
    const isNested = kind === 'nested' && isThereSync(layout.predictions(model, fold, 'nested'));
    const file = kind === 'nested' && !isNested ? 'valid' : kind;
    for await (const rows of readPasses(layout, model, fold, file)) means.add(rows);
    onFile?.(layout.predictions(model, fold, file));
  }
  return means;
}
