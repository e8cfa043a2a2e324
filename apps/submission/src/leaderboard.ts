import { present } from '@ichor/files';
import { rocAuc, type DrawnInterval, type PatientBootstrap } from '@ichor/metrics';
import {
  constantPredictor,
  labelScores,
  lossPerSlice,
  mean,
  meanOfModels,
  type LabelColumns,
  type LabelScore,
} from '@ichor/predictions';
import type { EnsembleModel } from '@ichor/experiment';
import type { ScoringConfig } from './config.js';
import type { SeriesScores } from './series.js';

export interface Difference {
  /** Positive: better than the reference. */
  readonly gain: number;
  readonly interval: DrawnInterval;
}

export interface ModelScore {
  readonly name: string;
  readonly level: number;
  /** Folds whose out-of-fold predictions are included. */
  readonly folds: readonly number[];
  /** Weighted log loss. */
  readonly loss: number;
  readonly lossInterval: DrawnInterval;
  readonly labels: readonly LabelScore[];
  /** Of the area under the ROC curve of `any`. */
  readonly aucInterval: DrawnInterval;
  /** Against the plain mean of the models that it combines; null for a base model. */
  readonly overMeanOfInputs: Difference | null;
  /**
   * Loss of a stacker that makes every choice (how long to train) on other folds than the reported one; null when
   * nothing was chosen or no such predictions are there.
   */
  readonly nestedLoss: number | null;
  /** Of whole series; null when its answers are not of the series of the board. */
  readonly series: SeriesScore | null;
}

/** How good the scores of series are, as they are: bundles calibrate them. */
export interface SeriesScore {
  /** Where the scores come from. */
  readonly kind: SeriesScores['kind'];
  /** Weighted log loss. */
  readonly loss: number;
  /** NaN when every series has a bleed, or none. */
  readonly aucAny: number;
}

export interface LevelScore {
  readonly title: string;
  readonly best: string;
  readonly loss: number;
  /** Of the plain mean of the level's models. */
  readonly meanLoss: number;
  /** Best of this level against the best of the one below; null for the first. */
  readonly overPrevious: Difference | null;
}

export interface Leaderboard {
  readonly slices: number;
  readonly patients: number;
  readonly series: number;
  /** Loss of always answering with the frequency of each label. */
  readonly constantLoss: number;
  readonly models: readonly ModelScore[];
  readonly levels: readonly LevelScore[];
}

/** Out-of-fold predictions on the slices that all models have, in one order. */
export interface Candidate {
  readonly model: EnsembleModel;
  readonly folds: readonly number[];
  readonly probabilities: LabelColumns;
  readonly nested: LabelColumns | null;
  readonly series: SeriesScores | null;
}

/** What all models are scored on. */
export interface Trial {
  readonly targets: LabelColumns;
  readonly seriesTargets: LabelColumns;
  readonly patients: number;
  /** Draws the same patients for every figure. */
  readonly bootstrap: PatientBootstrap;
  readonly scoring: ScoringConfig;
}

/** Scores every model against the same targets, with the same resampled patients. */
export function makeLeaderboard(candidates: readonly Candidate[], trial: Trial): Leaderboard {
  const { targets, patients, scoring } = trial;
  const { clip } = scoring;
  const losses = new Map(
    candidates.map(({ model, probabilities }) => [model.name, lossPerSlice(targets, probabilities, clip)]),
  );
  const models = candidates.map((candidate) => scoreModel(candidate, candidates, losses, trial));
  return {
    slices: targets[0]?.length ?? 0,
    patients,
    series: trial.seriesTargets[0]?.length ?? 0,
    constantLoss: mean(lossPerSlice(targets, constantPredictor(targets), clip)),
    models,
    levels: scoreLevels(models, candidates, losses, trial),
  };
}

/** Losses of each model's slices, by its name. */
type Losses = ReadonlyMap<string, Float64Array>;

const lossesOf = (losses: Losses, name: string) => losses.get(name) ?? new Float64Array(0);

function difference(before: Float64Array, after: Float64Array, bootstrap: PatientBootstrap): Difference {
  const gains = before.map((loss, i) => loss - after[i]!);
  return { gain: mean(gains), interval: bootstrap.mean(gains) };
}

function scoreModel(
  { model, folds, probabilities, nested, series }: Candidate,
  candidates: readonly Candidate[],
  losses: Losses,
  { targets, seriesTargets, bootstrap, scoring }: Trial,
): ModelScore {
  const { clip } = scoring;
  const perSlice = lossesOf(losses, model.name);
  const inputs = model.inputs.flatMap((name) => candidates.find((other) => other.model.name === name) ?? []);
  const meanOfInputs = meanOfModels(inputs.map((input) => input.probabilities));
  return {
    name: model.name,
    level: model.level,
    folds,
    loss: mean(perSlice),
    lossInterval: bootstrap.mean(perSlice),
    labels: labelScores(targets, probabilities, clip),
    aucInterval: bootstrap.rocAuc(present(targets[0]), present(probabilities[0]), scoring.bootstrap.auc),
    overMeanOfInputs:
      inputs.length === 0 ? null : difference(lossPerSlice(targets, meanOfInputs, clip), perSlice, bootstrap),
    nestedLoss: nested === null ? null : mean(lossPerSlice(targets, nested, clip)),
    series:
      series === null
        ? null
        : {
            kind: series.kind,
            loss: mean(lossPerSlice(seriesTargets, series.probabilities, clip)),
            aucAny: rocAuc(present(seriesTargets[0]), present(series.probabilities[0])),
          },
  };
}

/** Each level against the one below it. */
function scoreLevels(
  models: readonly ModelScore[],
  candidates: readonly Candidate[],
  losses: Losses,
  { targets, bootstrap, scoring }: Trial,
): LevelScore[] {
  const levels: LevelScore[] = [];
  let previous: ModelScore | undefined;
  for (const level of [...new Set(models.map((model) => model.level))].sort((a, b) => a - b)) {
    const members = models.filter((model) => model.level === level);
    const best = members.reduce((least, model) => (model.loss < least.loss ? model : least));
    const all = candidates.filter(({ model }) => model.level === level);
    const meanOfLevel = meanOfModels(all.map(({ probabilities }) => probabilities));
    levels.push({
      title: levelTitle(level),
      best: best.name,
      loss: best.loss,
      meanLoss: mean(lossPerSlice(targets, meanOfLevel, scoring.clip)),
      overPrevious:
        previous === undefined
          ? null
          : difference(lossesOf(losses, previous.name), lossesOf(losses, best.name), bootstrap),
    });
    previous = best;
  }
  return levels;
}

const ordinals = ['First', 'Second', 'Third', 'Fourth'];

function levelTitle(level: number): string {
  if (level === 0) return 'Base models';
  return `${ordinals[level - 1] ?? `${level}th`} level of stacking`;
}
