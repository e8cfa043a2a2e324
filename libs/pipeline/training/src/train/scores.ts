import { logLossPerLabel, rocAuc, rocAucMicro, weightedLogLoss } from '@ichor/metrics';
import { LABEL_WEIGHTS, LABELS } from '@ichor/tables';

/** How good predictions are; a missing AUC (one class only) is null, as JSON has no NaN. */
export interface Scores {
  /** Per label, probabilities clipped at 1e-5. */
  readonly logLoss: readonly number[];
  readonly weightedLogLoss: number;
  readonly auc: readonly (number | null)[];
  /** Mean over the labels that have one. */
  readonly macroAuc: number | null;
  readonly microAuc: number | null;
}

const clip = 1e-5;

/** @param targets 0 or 1, @param probabilities both rows x six labels */
export function scorePredictions(targets: Float32Array, probabilities: Float32Array): Scores {
  const truth = labelColumnsOf(targets);
  const predicted = labelColumnsOf(probabilities);
  const auc = truth.map((column, label) => finite(rocAuc(column, predicted[label]!)));
  const known = auc.filter((value) => value !== null);
  return {
    logLoss: logLossPerLabel(truth, predicted, { clip }),
    weightedLogLoss: weightedLogLoss(truth, predicted, LABEL_WEIGHTS, { clip }),
    auc,
    macroAuc: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
    microAuc: finite(rocAucMicro(truth, predicted)),
  };
}

/** rows x six labels to six columns. */
export function labelColumnsOf(values: Float32Array): Float32Array[] {
  const rows = values.length / LABELS.length;
  return LABELS.map((_, label) => {
    const column = new Float32Array(rows);
    for (let row = 0; row < rows; row++) column[row] = values[row * LABELS.length + label]!;
    return column;
  });
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
