import { LABELS } from '@ichor/tables';
import type { FeatureMatrix } from '@ichor/gbdt';
import type { AlignedPredictions } from '@ichor/predictions';
import type { OrderedSlices } from '../slices/ordered-slices.js';
import { patientStatistics } from './group-statistics.js';
import { columnNames, PREDICTION_FEATURES, type PredictionFeature } from './names.js';
import { stackFeatures } from './stack-features.js';

/** Which features of which models a stacker sees. */
export interface FeatureSelection {
  readonly models: readonly string[];
  readonly features: readonly PredictionFeature[];
  /** A column `<model>/PositionOrd` after the predictions of each model (section 5.3). */
  readonly positionOrd: boolean;
}

/** Names of the columns of {@link computeFeatures}, in their order. */
export function selectionColumns({ models, features, positionOrd }: FeatureSelection): string[] {
  return models.flatMap((model) => [
    ...columnNames([model], LABELS, features),
    ...(positionOrd ? [`${model}/PositionOrd`] : []),
  ]);
}

/**
 * The selected features of every slice, row by row; NaN where a feature is missing (the deviation of a single slice).
 *
 * One pass: all features of a stack are made while its predictions are in the cache. Only predictions go in, so that
 * no label can leak, and no value depends on a slice of another patient.
 */
export function computeFeatures(
  slices: OrderedSlices,
  predictions: AlignedPredictions,
  selection: FeatureSelection,
): FeatureMatrix {
  const names = selectionColumns(selection);
  const { rows, starts, patients, patientCount, positionOrd } = slices;
  const data = new Float32Array(rows * names.length);
  const chosen = Int32Array.from(selection.features, (feature) => PREDICTION_FEATURES.indexOf(feature));
  const perModel = names.length / selection.models.length;
  const sources = selection.models.flatMap((model, index) => {
    const labels = predictions.columns[predictions.models.indexOf(model)];
    return LABELS.map((_, label) => {
      const values = labels?.[label];
      if (values === undefined) throw new RangeError(`no predictions of ${model}`);
      return {
        values,
        patient: patientStatistics(values, patients, patientCount),
        column: index * perModel + label * chosen.length,
      };
    });
  });

  const COUNT = PREDICTION_FEATURES.length;
  let longest = 0;
  for (let k = 0; k + 1 < starts.length; k++) longest = Math.max(longest, starts[k + 1]! - starts[k]!);
  const scratch = new Float32Array(longest * COUNT);
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    for (const { values, patient, column } of sources) {
      stackFeatures({ values, from, to, patients, patient }, scratch);
      for (let row = from; row < to; row++) {
        const target = row * names.length + column;
        const source = (row - from) * COUNT;
        for (let i = 0; i < chosen.length; i++) data[target + i] = scratch[source + chosen[i]!]!;
      }
    }
  }
  if (selection.positionOrd) {
    for (let row = 0; row < rows; row++) {
      for (let model = 1; model <= selection.models.length; model++) {
        data[row * names.length + model * perModel - 1] = positionOrd[row]!;
      }
    }
  }
  return { rows, names, order: 'row', data };
}
