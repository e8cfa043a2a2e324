import { LABELS } from '@ichor/tables';
import { uniformStream } from '@ichor/nn';
import { alignPredictions, type AlignedPredictions } from '@ichor/predictions';
import { orderSlices, type OrderedSlices } from '@ichor/stacking';

export interface MadeUp {
  readonly slices: OrderedSlices;
  readonly predictions: AlignedPredictions;
  readonly studies: readonly string[];
  readonly patients: readonly string[];
}

const SLICES_PER_STUDY = 30;

/** Made-up predictions of some models: studies of 30 slices, five patients in six have one study. */
export function makeUp(rows: number, models: number, seed = 1): MadeUp {
  const number = (prefix: string, n: number) => `${prefix}${String(n).padStart(7, '0')}`;
  const studyOf = (row: number) => Math.floor(row / SLICES_PER_STUDY);
  const studies = Array.from({ length: rows }, (_, row) => number('ID_s', studyOf(row)));
  const patients = studies.map((_, row) => number('ID_p', Math.floor((studyOf(row) * 5) / 6)));
  const slices = orderSlices({
    ID: studies.map((_, row) => number('ID_', row)),
    PatientID: patients,
    StudyInstanceUID: studies,
    SeriesInstanceUID: studies,
    Position3: Float64Array.from(studies, (_, row) => row),
    PositionOrd: new Float64Array(rows),
  });
  const names = Array.from({ length: models }, (_, model) => `model-${model}`);
  const columns = names.map((_, model) =>
    LABELS.map((__, label) => {
      const uniform = uniformStream(seed, model, label);
      // Most slices are negative: probabilities near 0.
      return Float32Array.from({ length: rows }, () => uniform() ** 4);
    }),
  );
  return { slices, predictions: alignPredictions(names, columns), studies, patients };
}
