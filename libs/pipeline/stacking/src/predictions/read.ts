import { existsSync } from 'node:fs';
import { LABELS, predictionsTable, readBatches, type Layout, type PredictionKind } from '@ichor/tables';
import { StackingError } from '../error.js';
import { selectSlices, type OrderedSlices } from '../slices/ordered-slices.js';
import { alignPredictions, type AlignedPredictions } from './align.js';
import { PredictionSums } from './prediction-sums.js';

/** The aligned predictions of a set of slices, and what had to be left out. */
export interface ReadPredictions {
  readonly slices: OrderedSlices;
  readonly predictions: AlignedPredictions;
  /** Slices that no model predicted. */
  readonly dropped: readonly string[];
}

/**
 * Reads the predictions of several models for the same slices, as means over their test-time passes.
 *
 * @param folds whose files of `set` are read: every training fold for `valid`, the one fold for `test`
 * @param set `nested` is `valid` where a model has nothing nested
 * @throws StackingError `stacking/missing-predictions`, `stacking/no-slices`; TableError
 */
export async function readPredictions(
  paths: Layout,
  models: readonly string[],
  folds: readonly number[],
  set: PredictionKind | 'nested',
  slices: OrderedSlices,
  onFile?: (path: string) => void,
): Promise<ReadPredictions> {
  const rowOf = new Map(slices.ids.map((id, row) => [id, row]));
  const isPredicted = new Uint8Array(slices.rows);
  const columns: Float32Array[][] = [];
  for (const model of models) {
    const sums = new PredictionSums(rowOf);
    for (const fold of folds) {
      const nested = paths.predictions(model, fold, 'nested');
      const path =
        set === 'nested' && existsSync(nested)
          ? nested
          : paths.predictions(model, fold, set === 'test' ? 'test' : 'valid');
      requireFile(path, model, fold);
      onFile?.(path);
      for await (const batch of readBatches(path, predictionsTable, { columns: ['ID', ...OUTPUTS] })) {
        sums.add(
          batch.columns.ID,
          OUTPUTS.map((name) => batch.columns[name]),
        );
      }
    }
    for (let row = 0; row < slices.rows; row++) if (sums.has(row)) isPredicted[row] = 1;
    columns.push(sums.means());
  }
  const chosen = selectSlices(slices, (row) => isPredicted[row] === 1);
  if (chosen.rows.length === 0) {
    throw new StackingError({
      code: 'stacking/no-slices',
      reason: `none of the ${slices.rows} slices of the ${set} set has a prediction`,
      remedy: 'were preprocessing and the models run on the same data? Run them again in that order',
    });
  }
  const gaps = columns.map((labels) =>
    labels.map((column) => Float32Array.from(chosen.rows, (row) => column[row]!)),
  );
  return {
    slices: chosen.slices,
    predictions: alignPredictions(models, gaps),
    dropped: slices.ids.filter((_, row) => isPredicted[row] === 0),
  };
}

const OUTPUTS = LABELS.map((label) => `output_${label}` as const);

function requireFile(path: string, model: string, fold: number): void {
  if (existsSync(path)) return;
  throw new StackingError({
    code: 'stacking/missing-predictions',
    file: path,
    reason: `the predictions of ${model} for fold ${fold} are not there`,
    remedy: `make them: npx nx run ${model}:predict (a stacker: ${model}:train), or leave ${model} out of the inputs`,
  });
}
