import { join } from 'node:path';
import { IchorError, listEntries, present, taskCommand } from '@ichor/files';
import {
  foldsPresent,
  labelScores,
  lossPerSlice,
  mean,
  readOutOfFold,
  selectSlices,
  type LabelScore,
} from '@ichor/predictions';
import { LABELS, type Layout } from '@ichor/tables';
import { findMistakes, type Mistake } from './mistakes/find-mistakes.js';
import { evaluate, type Evaluation } from './predictions/evaluation.js';
import { readLearningCurves, type LearningCurve } from './predictions/learning-curves.js';
import type { TrainingSet } from './predictions/training-set.js';
import { type SlicePlace } from './predictions/training-set.js';

/** A model or stacker on the slices that its folds did not train on. */
export interface ModelReport {
  readonly name: string;
  readonly folds: readonly number[];
  readonly slices: number;
  readonly weightedLogLoss: number;
  readonly labels: readonly LabelScore[];
  /** One a label. */
  readonly evaluations: readonly Evaluation[];
}

export interface PlacedMistake extends Mistake {
  readonly place: SlicePlace;
}

export interface TrainingReport {
  /** Lowest loss first. */
  readonly models: readonly ModelReport[];
  readonly curves: readonly LearningCurve[];
  /** Whose mistakes are shown. */
  readonly mistakesOf: string;
  readonly mistakes: readonly PlacedMistake[];
  readonly notes: readonly string[];
}

export interface TrainingReportOptions {
  /** Default: all that have predictions of their validation folds. */
  readonly models?: readonly string[];
  /** Model whose mistakes are shown; default: the model with the lowest loss. */
  readonly mistakesOf?: string;
  /** Mistakes of either kind for each label; default 3. */
  readonly mistakes?: number;
  readonly onModel?: (name: string, done: number, total: number) => void;
}

/**
 * The content of the report, read from the outputs of the trainings. Models are read one after another.
 *
 * @throws IchorError `training-report/nothing` when no model, or not the requested model, has predictions
 */
export async function readTrainingReport(
  layout: Layout,
  set: TrainingSet,
  options: TrainingReportOptions = {},
): Promise<TrainingReport> {
  const names = options.models ?? (await predictedModels(layout));
  const models: ModelReport[] = [];
  const notes: string[] = [];
  for (const [done, name] of names.entries()) {
    options.onModel?.(name, done, names.length);
    const { ids, probabilities, targets, folds, foreign } = await outOfFold(layout, set, name);
    if (foreign > 0)
      notes.push(`${name}: ${foreign} predicted slices are not in train_folds.arrow and left out`);
    models.push({
      name,
      folds,
      slices: ids.length,
      weightedLogLoss: mean(lossPerSlice(targets, probabilities)),
      labels: labelScores(targets, probabilities),
      evaluations: LABELS.map((label, l) => evaluate(label, present(targets[l]), present(probabilities[l]))),
    });
  }
  models.sort((a, b) => a.weightedLogLoss - b.weightedLogLoss);
  if (new Set(models.map(({ slices, folds }) => `${slices} ${folds.join()}`)).size > 1) {
    notes.push('the models have predicted different slices, so their figures cannot be compared exactly');
  }
  const mistakesOf = options.mistakesOf ?? models[0]?.name;
  if (mistakesOf === undefined) throw nothing(layout, 'any model');
  return {
    models,
    curves: await readLearningCurves(layout, models),
    mistakesOf,
    mistakes: await mistakesIn(layout, set, mistakesOf, options.mistakes ?? 3),
    notes,
  };
}

async function mistakesIn(layout: Layout, set: TrainingSet, model: string, count: number) {
  const { ids, probabilities, targets } = await outOfFold(layout, set, model);
  const studyOf = (id: string) => set.study(id);
  return findMistakes(ids, targets, probabilities, studyOf, count).map((mistake): PlacedMistake => ({
    ...mistake,
    place: set.place(mistake.id),
  }));
}

async function outOfFold(layout: Layout, set: TrainingSet, name: string) {
  const folds = foldsPresent(layout, name, 'valid');
  if (folds.length === 0) throw nothing(layout, name);
  const all = await readOutOfFold(layout, name, folds);
  const ids = all.ids.filter((id) => set.has(id));
  if (ids.length === 0) throw nothing(layout, name);
  return {
    folds,
    ids,
    probabilities: selectSlices(all, ids).probabilities,
    targets: set.targets(ids),
    foreign: all.ids.length - ids.length,
  };
}

/** Base models, stackers and the final ensemble leave predictions of one form. */
async function predictedModels(layout: Layout): Promise<string[]> {
  const folder = join(layout.preprocessedFolder, '..');
  const entries = (await listEntries(folder)) ?? [];
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.filter((name) => foldsPresent(layout, name, 'valid').length > 0).sort();
}

function nothing(layout: Layout, name: string): IchorError {
  return new IchorError({
    code: 'training-report/nothing',
    file: name === 'any model' ? layout.root : layout.model(name),
    reason: `there are no predictions of validation slices by ${name}`,
    remedy: `train and predict first, e.g. ${taskCommand({ project: name === 'any model' ? 'model-base' : name, target: 'predict' })}, or set ICHOR_ROOT`,
  });
}
