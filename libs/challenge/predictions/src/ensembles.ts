import { present } from '@ichor/files/present';
import { LABELS } from '@ichor/tables';
import type { LabelColumns } from './prediction-set.js';

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The mean of several models' probabilities of the same slices. */
export function meanOfModels(models: readonly (readonly ArrayLike<number>[])[]): LabelColumns {
  return LABELS.map((_, label) => {
    const sum = new Float64Array(models[0]?.[label]?.length ?? 0);
    for (const model of models) {
      const column = present(model[label]);
      for (let i = 0; i < sum.length; i++) sum[i]! += column[i]! / models.length;
    }
    return sum;
  });
}

/** Constant predictions: the frequency of each label for every slice. */
export function constantPredictor(targets: LabelColumns): LabelColumns {
  return targets.map((column) => new Float64Array(column.length).fill(mean(column)));
}
