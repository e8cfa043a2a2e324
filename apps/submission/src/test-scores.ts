import type { LabelSet } from '@ichor/dataset';
import {
  constantPredictor,
  labelScores,
  lossPerSlice,
  mean,
  type LabelColumns,
  type LabelScore,
  type PredictionSet,
} from '@ichor/predictions';
import { LABELS } from '@ichor/tables';

export interface TestScore {
  readonly name: string;
  readonly loss: number;
  readonly labels: readonly LabelScore[];
}

/** The labels of the test set as columns, in the order of its slices. */
export function truthColumns(truth: LabelSet): LabelColumns {
  return LABELS.map((label) =>
    Float64Array.from(truth.ids, (id) => (truth.labelsOf(id)?.includes(label) === true ? 1 : 0)),
  );
}

/** Scores a model as its submission would be: slices without a prediction take the smallest one. */
export function testScore(
  name: string,
  predictions: PredictionSet,
  truth: LabelSet,
  targets: LabelColumns,
  clip: number,
): TestScore {
  const rowOf = new Map(predictions.ids.map((id, row) => [id, row]));
  const smallest = predictions.probabilities.reduce(
    (least, column) => column.reduce((smaller, value) => Math.min(smaller, value), least),
    1,
  );
  const columns = predictions.probabilities.map((column) =>
    Float64Array.from(truth.ids, (id) => {
      const row = rowOf.get(id);
      return row === undefined ? smallest : column[row]!;
    }),
  );
  return {
    name,
    loss: mean(lossPerSlice(targets, columns, clip)),
    labels: labelScores(targets, columns, clip),
  };
}

/** Loss of always answering with the frequency of each label, those of the same slices. */
export function constantLoss(truth: LabelSet, clip: number): number {
  const targets = truthColumns(truth);
  return mean(lossPerSlice(targets, constantPredictor(targets), clip));
}
