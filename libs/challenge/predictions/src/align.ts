import { present } from '@ichor/files/present';
import { LABELS } from '@ichor/tables';

/** Probabilities are kept this far from 0 and 1 (float32 can represent this distance only from 0). */
const CLIP = 1e-15;

/** Predictions of several models for the same rows. */
export interface AlignedPredictions {
  readonly models: readonly string[];
  readonly rows: number;
  /** `columns[model][label]`, probabilities, no gaps. */
  readonly columns: readonly (readonly Float32Array[])[];
  /** Number of slices that each model lacked; they have the mean of the other models. */
  readonly filled: Readonly<Record<string, number>>;
}

/**
 * Fills the gaps of each model with the mean of the models that have the slice, and clips.
 *
 * Models leave out different slices. The caller must first remove slices that all models lack.
 *
 * @param predictions `[model][label]`, NaN where the model lacks the slice; changed in place
 */
export function alignPredictions(
  models: readonly string[],
  predictions: readonly (readonly Float32Array[])[],
): AlignedPredictions {
  const rows = predictions[0]?.[0]?.length ?? 0;
  const filled = new Uint32Array(models.length);
  for (let label = 0; label < LABELS.length; label++) {
    const columns = predictions.map((ofModel) => present(ofModel[label]));
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      let known = 0;
      for (const column of columns) {
        const value = column[row]!;
        if (Number.isNaN(value)) continue;
        sum += value;
        known++;
      }
      for (const [model, column] of columns.entries()) {
        if (Number.isNaN(column[row]!)) {
          column[row] = sum / known;
          if (label === 0) filled[model]!++;
        }
        column[row] = Math.min(1 - CLIP, Math.max(CLIP, column[row]!));
      }
    }
  }
  const counts = Object.fromEntries(models.map((model, index) => [model, filled[index]!]));
  return { models, rows, columns: predictions, filled: counts };
}

/** The same predictions for some of the rows. */
export function selectRows(predictions: AlignedPredictions, rows: Uint32Array): AlignedPredictions {
  return {
    ...predictions,
    rows: rows.length,
    columns: predictions.columns.map((labels) =>
      labels.map((column) => Float32Array.from(rows, (row) => column[row]!)),
    ),
  };
}
