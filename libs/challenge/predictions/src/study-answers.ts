import { isThereSync, present } from '@ichor/files';
import { LABELS, readTable, studyPredictionsTable, type Layout, type PredictionKind } from '@ichor/tables';
import { PredictionsError } from './error.js';
import type { PredictionSet } from './prediction-set.js';

/** A stacker's predictions for whole series of slices. */
export interface StudyAnswers extends Pick<PredictionSet, 'probabilities' | 'targets'> {
  /** Identifier of the first slice of each series, from the feet. */
  readonly firstIds: readonly string[];
  /** Slices of each series. */
  readonly slices: Int32Array;
}

/** Whether a model has predictions for whole series in all of these folds; base models have none. */
export function hasStudyAnswers(layout: Layout, model: string, folds: readonly number[]): boolean {
  return folds.every((fold) => isThereSync(layout.studyPredictions(model, fold, 'valid')));
}

/**
 * The answers of some folds, one fold after the other. Out of fold (`valid`) each series is in one fold.
 *
 * @throws PredictionsError `predictions/missing`, `predictions/not-a-probability`, `predictions/overlap`; TableError
 */
export async function readStudyAnswers(
  layout: Layout,
  model: string,
  folds: readonly number[],
  kind: PredictionKind,
): Promise<StudyAnswers> {
  const firstIds: string[] = [];
  const slices: number[] = [];
  const probabilities = LABELS.map((): number[] => []);
  const targets = LABELS.map((): number[] => []);
  const seen = new Set<string>();
  for (const fold of folds) {
    const path = layout.studyPredictions(model, fold, kind);
    const wrong = (code: PredictionsError['code'], reason: string) =>
      new PredictionsError({ code, file: path, reason, remedy: `train ${model} again` });
    if (!isThereSync(path)) {
      throw wrong(
        'predictions/missing',
        `the answers of ${model} for the series of fold ${fold} are not there`,
      );
    }
    const { columns, rows } = await readTable(path, studyPredictionsTable);
    for (let row = 0; row < rows; row++) {
      const id = present(columns.firstID[row]);
      if (kind === 'valid' && seen.has(id)) {
        throw wrong('predictions/overlap', `the series that begins with slice ${id} is there twice`);
      }
      seen.add(id);
      firstIds.push(id);
      slices.push(columns.slices[row]!);
      for (const [index, label] of LABELS.entries()) {
        const probability = columns[`output_${label}`][row]!;
        if (!(probability >= 0 && probability <= 1)) {
          throw wrong(
            'predictions/not-a-probability',
            `the answer for the series that begins with slice ${id} is ${probability}`,
          );
        }
        present(probabilities[index]).push(probability);
        present(targets[index]).push(columns[`target_${label}`][row]!);
      }
    }
  }
  return {
    firstIds,
    slices: Int32Array.from(slices),
    probabilities: probabilities.map((column) => Float64Array.from(column)),
    targets: targets.map((column) => Float64Array.from(column)),
  };
}
