import {
  constantPredictor,
  labelScores,
  lossPerSlice,
  mean,
  meanOfModels,
  type LabelColumns,
  type LabelScore,
} from '@ichor/predictions';
import type { Interval, PatientBootstrap } from './bootstrap.js';
import type { EnsembleModel } from '@ichor/experiment';
import type { ScoringConfig } from './config.js';

export interface Difference {
  /** Positive: better than what it is compared with. */
  readonly gain: number;
  readonly interval: Interval;
}

export interface ModelScore {
  readonly name: string;
  readonly level: number;
  /** Folds whose out-of-fold predictions are in. */
  readonly folds: readonly number[];
  /** Weighted log loss. */
  readonly loss: number;
  readonly lossInterval: Interval;
  readonly labels: readonly LabelScore[];
  /** Of the area under the ROC curve of `any`. */
  readonly aucInterval: Interval;
  /** Against the plain mean of the models that it combines; null for a base model. */
  readonly overMeanOfInputs: Difference | null;
  /**
   * Loss of a stacker that makes every choice (how long to train) on other folds than the reported one; null when
   * nothing was chosen or no such predictions are there.
   */
  readonly nestedLoss: number | null;
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
}

/** Scores every model against the same targets, with the same resampled patients. */
export function makeLeaderboard(
  candidates: readonly Candidate[],
  targets: LabelColumns,
  patients: number,
  bootstrap: PatientBootstrap,
  config: ScoringConfig,
): Leaderboard {
  const { clip } = config;
  const byName = new Map(candidates.map((candidate) => [candidate.model.name, candidate]));
  const losses = new Map(
    candidates.map(({ model, probabilities }) => [model.name, lossPerSlice(targets, probabilities, clip)]),
  );
  const lossesOf = (name: string) => losses.get(name) ?? new Float64Array(0);
  const difference = (before: Float64Array, after: Float64Array): Difference => {
    const gains = before.map((loss, i) => loss - after[i]!);
    return { gain: mean(gains), interval: bootstrap.mean(gains) };
  };
  const models = candidates.map(({ model, folds, probabilities, nested }): ModelScore => {
    const perSlice = lossesOf(model.name);
    const inputs = model.inputs.flatMap((name) => byName.get(name) ?? []);
    return {
      name: model.name,
      level: model.level,
      folds,
      loss: mean(perSlice),
      lossInterval: bootstrap.mean(perSlice),
      labels: labelScores(targets, probabilities, clip),
      aucInterval: bootstrap.rocAuc(targets[0]!, probabilities[0]!, config.bootstrap.auc),
      overMeanOfInputs:
        inputs.length === 0
          ? null
          : difference(
              lossPerSlice(targets, meanOfModels(inputs.map((input) => input.probabilities)), clip),
              perSlice,
            ),
      nestedLoss: nested === null ? null : mean(lossPerSlice(targets, nested, clip)),
    };
  });
  const levels: LevelScore[] = [];
  let previous: ModelScore | undefined;
  for (const level of [...new Set(models.map((model) => model.level))].sort((a, b) => a - b)) {
    const members = models.filter((model) => model.level === level);
    const best = members.reduce<ModelScore | undefined>(
      (least, model) => (least === undefined || model.loss < least.loss ? model : least),
      undefined,
    );
    if (best === undefined) continue;
    const all = candidates.filter(({ model }) => model.level === level);
    levels.push({
      title: levelTitle(level),
      best: best.name,
      loss: best.loss,
      meanLoss: mean(lossPerSlice(targets, meanOfModels(all.map((one) => one.probabilities)), clip)),
      overPrevious: previous === undefined ? null : difference(lossesOf(previous.name), lossesOf(best.name)),
    });
    previous = best;
  }
  return {
    slices: targets[0]?.length ?? 0,
    patients,
    constantLoss: mean(lossPerSlice(targets, constantPredictor(targets), clip)),
    models,
    levels,
  };
}

const ordinals = ['First', 'Second', 'Third', 'Fourth'];

function levelTitle(level: number): string {
  if (level === 0) return 'Base models';
  return `${ordinals[level - 1] ?? `${level}th`} level of stacking`;
}
