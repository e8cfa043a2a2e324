import { present } from '@ichor/files/present';
import { logLoss, rocAuc, rocAucMicro, weightedLogLoss } from '@ichor/metrics';
import { LABEL_WEIGHTS, LABELS, type Label } from '@ichor/tables';

/** Targets or probabilities: one column a label, in the order of `LABELS`. */
type Columns = readonly ArrayLike<number>[];

/** Distance from 0 and 1 to which probabilities are clipped in the figures of training, stacking and bundles. */
export const SCORE_CLIP = 1e-5;

export interface LabelScore {
  readonly label: Label;
  readonly logLoss: number;
  /** NaN when all slices or none have the label. */
  readonly auc: number;
}

/** Log loss and area under the ROC curve of each label. */
export function labelScores(targets: Columns, probabilities: Columns, clip = SCORE_CLIP): LabelScore[] {
  return LABELS.map((label, l) => ({
    label,
    logLoss: logLoss(present(targets[l]), present(probabilities[l]), { clip }),
    auc: rocAuc(present(targets[l]), present(probabilities[l])),
  }));
}

/** Scores of predictions. A missing AUC (one class only) is null, because JSON has no NaN. */
export interface Scores {
  /** Per label. */
  readonly logLoss: readonly number[];
  readonly weightedLogLoss: number;
  readonly auc: readonly (number | null)[];
  /** Mean over the labels that have an AUC. */
  readonly macroAuc: number | null;
  readonly microAuc: number | null;
}

/** @param targets positive from 0.5 on */
export function scorePredictions(targets: Columns, probabilities: Columns, clip = SCORE_CLIP): Scores {
  const labels = labelScores(targets, probabilities, clip);
  const auc = labels.map((label) => finiteOrNull(label.auc));
  const known = auc.filter((value) => value !== null);
  return {
    logLoss: labels.map((label) => label.logLoss),
    weightedLogLoss: weightedLogLoss(targets, probabilities, LABEL_WEIGHTS, { clip }),
    auc,
    macroAuc: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
    microAuc: finiteOrNull(rocAucMicro(targets, probabilities)),
  };
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const totalWeight = LABEL_WEIGHTS.reduce((sum, weight) => sum + weight, 0);

/** Weighted log loss of each slice; the mean over the slices is the score of the challenge. */
export function lossPerSlice(targets: Columns, probabilities: Columns, clip = SCORE_CLIP): Float64Array {
  const losses = new Float64Array(targets[0]?.length ?? 0);
  LABEL_WEIGHTS.forEach((weight, l) => {
    const target = present(targets[l]);
    const probability = present(probabilities[l]);
    for (let i = 0; i < losses.length; i++) {
      const p = Math.min(1 - clip, Math.max(clip, probability[i]!));
      losses[i]! -= (weight / totalWeight) * (target[i]! >= 0.5 ? Math.log(p) : Math.log1p(-p));
    }
  });
  return losses;
}
