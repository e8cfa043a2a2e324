import { present } from '@ichor/files';
import { studyScore, type PredictionSet, type StudyAnswers } from '@ichor/predictions';
import { foldsTable, readPreprocessed, type Layout } from '@ichor/tables';

/** A study of the training set: its slices in order. */
export interface TrainingStudy {
  readonly patient: string;
  /** From the lowest position up. */
  readonly slices: readonly string[];
}

/** The studies of the training set. */
export async function trainingStudies(paths: Layout): Promise<readonly TrainingStudy[]> {
  const { rows, columns } = await readPreprocessed(paths, 'train_folds', foldsTable, {
    columns: ['ID', 'PatientID', 'StudyInstanceUID', 'Position3'],
  });
  const studies = new Map<string, { readonly patient: string; readonly rows: number[] }>();
  for (let row = 0; row < rows; row++) {
    const study = present(columns.StudyInstanceUID[row]);
    const entry = studies.get(study) ?? { patient: present(columns.PatientID[row]), rows: [] };
    entry.rows.push(row);
    studies.set(study, entry);
  }
  return [...studies.values()].map((study) => ({
    patient: study.patient,
    slices: study.rows
      .sort((a, b) => columns.Position3[a]! - columns.Position3[b]!)
      .map((row) => present(columns.ID[row])),
  }));
}

/** Scores and truth of studies, one column a label; studies without a predicted slice are left out. */
export interface StudyCases {
  readonly scores: readonly number[][];
  readonly truth: readonly number[][];
}

/** What a sequence model answered for whole series: one case a series. */
export function answeredCases({ probabilities, targets }: StudyAnswers): StudyCases {
  return {
    scores: probabilities.map((column) => [...column]),
    truth: targets.map((column) => Array.from(column, (target) => (target >= 0.5 ? 1 : 0))),
  };
}

/** Scores from slices. A study is positive for a label when one of its slices is. */
export function studyCases(
  studies: readonly TrainingStudy[],
  { ids, probabilities, targets }: PredictionSet,
): StudyCases {
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const predicted = studies
    .map(({ slices }) => slices.flatMap((id) => rowOf.get(id) ?? []))
    .filter((rows) => rows.length > 0);
  return {
    scores: probabilities.map((column) =>
      predicted.map((rows) => studyScore(rows.map((row) => column[row]!))),
    ),
    truth: targets.map((column) =>
      predicted.map((rows) => (rows.some((row) => column[row]! >= 0.5) ? 1 : 0)),
    ),
  };
}
