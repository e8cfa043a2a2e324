import { logLoss, rocAuc } from '@ichor/metrics';
import { LABEL_WEIGHTS, LABELS, type Label } from '@ichor/tables';

/** Columns of targets or probabilities, one a label, in the order of `LABELS`. */
export type LabelColumns = readonly Float64Array[];

export interface LabelScore {
  readonly label: Label;
  readonly logLoss: number;
  /** NaN when the label is always or never there. */
  readonly auc: number;
}

/** Rows x labels to one column a label. */
export function toColumns(rows: Float64Array): LabelColumns {
  const width = LABELS.length;
  const slices = rows.length / width;
  return LABELS.map((_, l) => Float64Array.from({ length: slices }, (_unused, i) => rows[i * width + l]!));
}

export function labelScores(targets: LabelColumns, probabilities: LabelColumns, clip: number): LabelScore[] {
  return LABELS.map((label, l) => ({
    label,
    logLoss: logLoss(targets[l]!, probabilities[l]!, { clip }),
    auc: rocAuc(targets[l]!, probabilities[l]!),
  }));
}

const totalWeight = LABEL_WEIGHTS.reduce((sum, weight) => sum + weight, 0);

/** Weighted log loss of every slice by itself; their mean is the score of the challenge. */
export function lossPerSlice(targets: LabelColumns, probabilities: LabelColumns, clip: number): Float64Array {
  const losses = new Float64Array(targets[0]?.length ?? 0);
  LABEL_WEIGHTS.forEach((weight, l) => {
    const target = targets[l]!;
    const probability = probabilities[l]!;
    for (let i = 0; i < losses.length; i++) {
      const p = Math.min(1 - clip, Math.max(clip, probability[i]!));
      losses[i]! -= (weight / totalWeight) * (target[i]! >= 0.5 ? Math.log(p) : Math.log1p(-p));
    }
  });
  return losses;
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of several models' probabilities. */
export function meanOf(models: readonly LabelColumns[]): LabelColumns {
  return LABELS.map((_, l) => {
    const sum = new Float64Array(models[0]?.[l]?.length ?? 0);
    for (const model of models) model[l]!.forEach((value, i) => (sum[i]! += value / models.length));
    return sum;
  });
}

/** What always answering with the frequency of each label would score. */
export function constantPredictor(targets: LabelColumns): LabelColumns {
  return targets.map((column) => new Float64Array(column.length).fill(mean(column)));
}
