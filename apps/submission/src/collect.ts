import type { Ensemble, EnsembleModel } from '@ichor/experiment';
import { IchorError, isThereSync, present, taskCommand } from '@ichor/files';
import {
  foldsPresent,
  readOutOfFold,
  selectSlices,
  type LabelColumns,
  type PredictionSet,
} from '@ichor/predictions';
import { foldsTable, LABELS, readPreprocessed, type Layout } from '@ichor/tables';
import type { Candidate } from './leaderboard.js';
import { seriesOf, seriesScores, seriesTargets } from './series.js';

export interface OutOfFold {
  readonly candidates: readonly Candidate[];
  readonly targets: LabelColumns;
  /** Of whole series. */
  readonly seriesTargets: LabelColumns;
  /** Patient of each slice, from 0. */
  readonly patientOf: Int32Array;
  readonly patients: number;
  /** Models without predictions. */
  readonly absent: readonly string[];
  /** Slices with a fold that some model lacks; they count for none. */
  readonly leftOut: number;
}

/**
 * Out-of-fold predictions of all models that have any, on the slices that all of these have.
 *
 * @throws IchorError `submission/no-predictions`
 */
export async function collectOutOfFold(
  layout: Layout,
  { models }: Pick<Ensemble, 'models'>,
): Promise<OutOfFold> {
  const found: { model: EnsembleModel; folds: number[]; set: PredictionSet }[] = [];
  const absent: string[] = [];
  for (const model of models) {
    const folds = foldsPresent(layout, model.name, 'valid');
    if (folds.length === 0) absent.push(model.name);
    else found.push({ model, folds, set: await readOutOfFold(layout, model.name, folds) });
  }
  if (found.length === 0) {
    throw new IchorError({
      code: 'submission/no-predictions',
      file: layout.root,
      reason: 'no model has predictions of its validation folds',
      remedy: `train and predict at least one, e.g. ${taskCommand({ project: 'model-base', target: 'predict' })}`,
    });
  }
  const table = await readPreprocessed(layout, 'train_folds', foldsTable);
  const slices = commonSlices(table.columns.ID, found);
  const ids = slices.map((row) => present(table.columns.ID[row]));
  const pick = <T>(column: ArrayLike<T>) => slices.map((row) => present(column[row]));
  const series = seriesOf({
    ID: ids,
    StudyInstanceUID: pick(table.columns.StudyInstanceUID),
    SeriesInstanceUID: pick(table.columns.SeriesInstanceUID),
    Position3: Float64Array.from(pick(table.columns.Position3)),
  });
  const candidates: Candidate[] = [];
  for (const { model, folds, set } of found) {
    const { probabilities } = selectSlices(set, ids);
    candidates.push({
      model,
      folds,
      probabilities,
      series: await seriesScores(layout, { name: model.name, folds, probabilities }, series),
      nested: await readNested(layout, model.name, folds, ids),
    });
  }
  const patientIndex = new Map<string, number>();
  const patientOf = Int32Array.from(slices, (row) => {
    const id = present(table.columns.PatientID[row]);
    const index = patientIndex.get(id) ?? patientIndex.size;
    patientIndex.set(id, index);
    return index;
  });
  const targets = LABELS.map((label) => Float64Array.from(pick(table.columns[`target_${label}`])));
  return {
    candidates,
    targets,
    seriesTargets: seriesTargets(series, targets),
    patientOf,
    patients: patientIndex.size,
    absent,
    leftOut: table.rows - slices.length,
  };
}

/** Rows of the folds table that every model has predicted. */
function commonSlices(
  ids: readonly string[],
  found: readonly { readonly model: { readonly name: string }; readonly set: PredictionSet }[],
): number[] {
  const counts = new Map(ids.map((id) => [id, 0]));
  for (const { model, set } of found) {
    let foreign = 0;
    for (const id of set.ids) {
      const count = counts.get(id);
      if (count === undefined) foreign++;
      else counts.set(id, count + 1);
    }
    if (foreign > 0) {
      throw new IchorError({
        code: 'submission/other-data',
        reason: `${model.name} has predictions of ${foreign} slices that train_folds.arrow does not have`,
        remedy: `train and predict ${model.name} again, or restore the tables that it was trained on`,
      });
    }
  }
  const rows: number[] = [];
  ids.forEach((id, row) => {
    if (counts.get(id) === found.length) rows.push(row);
  });
  if (rows.length === 0) {
    throw new IchorError({
      code: 'submission/no-common-slices',
      reason: 'no slice is predicted by all models; each may have other folds',
      remedy: 'predict the same folds with every model',
    });
  }
  return rows;
}

/** Predictions of the folds for which every choice was made on other folds. */
async function readNested(
  layout: Layout,
  model: string,
  folds: readonly number[],
  ids: readonly string[],
): Promise<LabelColumns | null> {
  const isNested = folds.every((fold) => isThereSync(layout.predictions(model, fold, 'nested')));
  if (!isNested) return null;
  return selectSlices(await readOutOfFold(layout, model, folds, 'nested'), ids).probabilities;
}
