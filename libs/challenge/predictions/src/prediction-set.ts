import { present } from '@ichor/files/present';
import { LABELS } from '@ichor/tables';
import { PredictionsError } from './error.js';

/** One column a label, in the order of `LABELS`; one value a slice. */
export type LabelColumns = readonly Float64Array[];

/** Predictions of a model, an ensemble or a stacker for some slices. */
export interface PredictionSet {
  readonly ids: readonly string[];
  /** In 0..1. */
  readonly probabilities: LabelColumns;
  /** 0 or 1 (soft targets in between); NaN where the truth is unknown. */
  readonly targets: LabelColumns;
}

/**
 * Selects the predictions of some slices, in the order of `ids`.
 *
 * @throws PredictionsError `predictions/missing-slice`
 */
export function selectSlices(set: PredictionSet, ids: readonly string[]): PredictionSet {
  const rowOf = new Map(set.ids.map((id, row) => [id, row]));
  const rows = Uint32Array.from(ids, (id) => {
    const row = rowOf.get(id);
    if (row !== undefined) return row;
    throw new PredictionsError({
      code: 'predictions/missing-slice',
      reason: `there is no prediction of slice ${id}`,
      remedy: 'predict the same slices with every model',
    });
  });
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
  return { ids, probabilities: set.probabilities.map(pick), targets: set.targets.map(pick) };
}

/** Concatenates several sets that have no slice in common. */
export function concatenateSets(sets: readonly PredictionSet[]): PredictionSet {
  const rows = sets.reduce((sum, { ids }) => sum + ids.length, 0);
  const join = (columns: 'probabilities' | 'targets') =>
    LABELS.map((_, label) => {
      const whole = new Float64Array(rows);
      let at = 0;
      for (const set of sets) {
        whole.set(present(set[columns][label]), at);
        at += set.ids.length;
      }
      return whole;
    });
  return {
    ids: sets.flatMap(({ ids }) => ids),
    probabilities: join('probabilities'),
    targets: join('targets'),
  };
}
