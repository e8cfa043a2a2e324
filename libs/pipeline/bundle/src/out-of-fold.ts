import { logLossPerLabel, rocAuc, weightedLogLoss } from '@ichor/metrics';
import { LABEL_WEIGHTS, LABELS, predictionsTable, readTable, type Layout } from '@ichor/tables';
import type { BundleScores } from './manifest.js';

/** Predictions of slices that the network had not seen in training, with the truth. */
export interface OutOfFold {
  /** Slice to six probabilities. */
  readonly probabilities: ReadonlyMap<string, Float64Array>;
  readonly targets: ReadonlyMap<string, Float64Array>;
}

/** The mean over the passes of one fold's validation predictions. */
export async function readOutOfFold(paths: Layout, model: string, fold: number): Promise<OutOfFold> {
  const { rows, columns } = await readTable(paths.predictions(model, fold, 'valid'), predictionsTable);
  const sums = new Map<string, { readonly sum: Float64Array; passes: number }>();
  const targets = new Map<string, Float64Array>();
  for (let row = 0; row < rows; row++) {
    const id = columns.ID[row]!;
    let entry = sums.get(id);
    if (!entry) {
      entry = { sum: new Float64Array(LABELS.length), passes: 0 };
      sums.set(id, entry);
      targets.set(
        id,
        Float64Array.from(LABELS, (label) => columns[`target_${label}`][row]!),
      );
    }
    LABELS.forEach((label, i) => (entry.sum[i] = entry.sum[i]! + columns[`output_${label}`][row]!));
    entry.passes++;
  }
  const probabilities = new Map(
    [...sums].map(([id, { sum, passes }]) => [id, sum.map((value) => value / passes)]),
  );
  return { probabilities, targets };
}

/** The mean over several networks of each slice; a slice that one lacks takes the mean of the others. */
export function meanOutOfFold(all: readonly OutOfFold[]): OutOfFold {
  const sums = new Map<string, { readonly sum: Float64Array; count: number }>();
  const targets = new Map<string, Float64Array>();
  for (const one of all) {
    for (const [id, values] of one.probabilities) {
      const entry = sums.get(id) ?? { sum: new Float64Array(LABELS.length), count: 0 };
      values.forEach((value, i) => (entry.sum[i] = entry.sum[i]! + value));
      entry.count++;
      sums.set(id, entry);
      targets.set(id, one.targets.get(id)!);
    }
  }
  const probabilities = new Map(
    [...sums].map(([id, { sum, count }]) => [id, sum.map((value) => value / count)]),
  );
  return { probabilities, targets };
}

/** Log losses (clipped at 1e-5, as in training) and areas under the ROC curve. */
export function scoresOf({ probabilities, targets }: OutOfFold): BundleScores {
  const ids = [...probabilities.keys()];
  const truth = LABELS.map((_, label) => ids.map((id) => targets.get(id)![label]!));
  const predicted = LABELS.map((_, label) => ids.map((id) => probabilities.get(id)![label]!));
  const clip = { clip: 1e-5 };
  return {
    slices: ids.length,
    weightedLogLoss: weightedLogLoss(truth, predicted, LABEL_WEIGHTS, clip),
    logLoss: logLossPerLabel(truth, predicted, clip),
    auc: truth.map((column, label) => finiteOrNull(rocAuc(column, predicted[label]!))),
  };
}

export const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);
