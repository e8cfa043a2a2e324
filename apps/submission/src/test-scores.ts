import type { LabelSet } from '@ichor/dataset';
import { LABELS } from '@ichor/tables';
import {
  labelScores,
  lossPerSlice,
  mean,
  toColumns,
  type LabelColumns,
  type LabelScore,
  type PredictionSet,
} from '@ichor/training-report';

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
  const width = LABELS.length;
  const rowOf = new Map(predictions.ids.map((id, row) => [id, row]));
  const smallest = predictions.probabilities.reduce((least, value) => Math.min(least, value), 1);
  const rows = new Float64Array(truth.ids.length * width).fill(smallest);
  truth.ids.forEach((id, i) => {
    const row = rowOf.get(id);
    if (row !== undefined)
      rows.set(predictions.probabilities.subarray(row * width, (row + 1) * width), i * width);
  });
  const columns = toColumns(rows);
  return {
    name,
    loss: mean(lossPerSlice(targets, columns, clip)),
    labels: labelScores(targets, columns, clip),
  };
}
