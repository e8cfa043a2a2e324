import { isThereSync, taskCommand } from '@ichor/files';
import { FOLDS } from '@ichor/folds';
import { LABELS, predictionsTable, readBatches, type Layout } from '@ichor/tables';
import { PredictionsError } from './error.js';
import { meanOfSets, PredictionMeans, type PredictedRows } from './prediction-means.js';
import { concatenateSets, type PredictionSet } from './prediction-set.js';

/** `nested`: the out-of-fold predictions of a stacker that made its choices on other folds. */
export type PredictionFile = Parameters<Layout['predictions']>[2];

const OUTPUTS = LABELS.map((label) => `output_${label}` as const);
const TARGETS = LABELS.map((label) => `target_${label}` as const);

/** The folds of a model for which predictions of this kind exist. */
export function foldsPresent(layout: Layout, model: string, kind: PredictionFile): number[] {
  return Array.from({ length: FOLDS }, (_, fold) => fold).filter((fold) =>
    isThereSync(layout.predictions(model, fold, kind)),
  );
}

/**
 * Reads one file of predictions in batches, one row for each slice and test-time pass.
 *
 * @throws PredictionsError `predictions/missing`, `predictions/not-a-probability`; TableError
 */
export async function* readPasses(
  layout: Layout,
  model: string,
  fold: number,
  kind: PredictionFile,
): AsyncGenerator<PredictedRows> {
  const path = layout.predictions(model, fold, kind);
  if (!isThereSync(path)) {
    throw new PredictionsError({
      code: 'predictions/missing',
      file: path,
      reason: `the predictions of ${model} for fold ${fold} do not exist`,
      remedy: `make them: ${taskCommand({ project: model, target: 'predict' })} (a stacker: train), or leave ${model} out`,
    });
  }
  for await (const { columns } of readBatches(path, predictionsTable)) {
    const rows = {
      ids: columns.ID,
      probabilities: OUTPUTS.map((name) => columns[name]),
      targets: TARGETS.map((name) => columns[name]),
    };
    checkProbabilities(path, model, rows);
    yield rows;
  }
}

/**
 * The predictions of one fold, as means over the test-time passes.
 *
 * @throws PredictionsError `predictions/missing`, `predictions/not-a-probability`; TableError
 */
export async function readFold(
  layout: Layout,
  model: string,
  fold: number,
  kind: PredictionFile,
): Promise<PredictionSet> {
  const means = new PredictionMeans();
  for await (const rows of readPasses(layout, model, fold, kind)) means.add(rows);
  return means.means();
}

/**
 * All out-of-fold predictions of a model: each slice was predicted by the fold's model that did not train on it.
 *
 * @throws PredictionsError `predictions/overlap` when two folds predict one slice; the errors of {@link readFold}
 */
export async function readOutOfFold(
  layout: Layout,
  model: string,
  folds: readonly number[],
  kind: 'valid' | 'nested' = 'valid',
): Promise<PredictionSet> {
  const sets: PredictionSet[] = [];
  const seen = new Set<string>();
  for (const fold of folds) {
    const set = await readFold(layout, model, fold, kind);
    for (const id of set.ids) {
      if (seen.has(id)) {
        throw new PredictionsError({
          code: 'predictions/overlap',
          file: layout.predictions(model, fold, kind),
          reason: `slice ${id} is also in another fold of ${model}`,
          remedy: `predict all folds of ${model} again with the same folds table`,
        });
      }
      seen.add(id);
    }
    sets.push(set);
  }
  return concatenateSets(sets);
}

/** The mean over the folds' predictions of the test set; the mean of a slice is over the folds that have it. */
export async function readTestMean(
  layout: Layout,
  model: string,
  folds: readonly number[],
): Promise<PredictionSet> {
  const sets: PredictionSet[] = [];
  for (const fold of folds) sets.push(await readFold(layout, model, fold, 'test'));
  return meanOfSets(sets);
}

function checkProbabilities(path: string, model: string, { ids, probabilities }: PredictedRows): void {
  for (const column of probabilities) {
    for (let row = 0; row < column.length; row++) {
      const value = column[row]!;
      if (value >= 0 && value <= 1) continue;
      throw new PredictionsError({
        code: 'predictions/not-a-probability',
        file: path,
        reason: `the prediction of slice ${ids[row] ?? ''} is ${value}`,
        remedy: `train and predict ${model} again`,
      });
    }
  }
}
