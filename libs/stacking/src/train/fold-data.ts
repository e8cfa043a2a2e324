import { datasetTable, foldsTable, LABELS, readTable, type Layout } from '@ichor/tables';
import { StackingError } from '../error.js';
import { selectRows, type AlignedPredictions } from '../predictions/align.js';
import { readPredictions, type ReadPredictions } from '../predictions/read.js';
import {
  hardTargetColumns,
  orderSlices,
  selectSlices,
  type OrderedSlices,
} from '../slices/ordered-slices.js';

/** Slices with the predictions of the inputs, and their targets where these are known. */
export interface Part {
  readonly slices: OrderedSlices;
  readonly predictions: AlignedPredictions;
  /** One column a label, 0 or 1. */
  readonly targets: readonly Float32Array[];
}

/** What one fold of a stacker is made from. */
export interface FoldData {
  /** Out-of-fold predictions of the other folds. */
  readonly train: Part;
  /** Those of this fold. */
  readonly valid: Part;
  /** Predictions of this fold's models for the whole test set; no targets. */
  readonly test: Part;
  /** Slices that took the mean of the other models, by set and model. */
  readonly filled: { readonly valid: Record<string, number>; readonly test: Record<string, number> };
  /** Slices that no model predicted. */
  readonly dropped: { readonly valid: readonly string[]; readonly test: readonly string[] };
}

const COLUMNS = [
  'ID',
  'PatientID',
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'Position3',
  'PositionOrd',
] as const;
const TARGETS = LABELS.map((label) => `target_${label}` as const);

/**
 * Reads and aligns everything that one fold needs. Fold k sees the models of fold k in the test set, and in training the
 * predictions that each model made for slices it had not seen.
 *
 * @param folds all folds that there are
 * @throws StackingError `stacking/no-training-folds`, `stacking/targets` and those of `readPredictions`
 */
export async function readFoldData(
  paths: Layout,
  inputs: readonly string[],
  fold: number,
  folds: readonly number[],
  onFile?: (path: string) => void,
): Promise<FoldData> {
  if (!folds.includes(fold) || folds.length < 2) {
    throw new StackingError({
      code: 'stacking/no-training-folds',
      reason: `fold ${fold} cannot be stacked with the folds ${folds.join(', ')}: it learns from the other folds`,
      remedy: 'choose at least two folds with ICHOR_FOLDS, this one among them',
    });
  }
  const table = await readTable(paths.preprocessed('train_folds'), foldsTable, {
    columns: [...COLUMNS, ...TARGETS, 'fold'],
  });
  const { columns } = table;
  const known = orderSlices(columns, (row) => folds.includes(columns.fold[row]!));
  const read = await readPredictions(paths, inputs, folds, 'valid', known, onFile);
  const targets = hardTargetColumns(read.slices, columns);
  if (targets.some((column) => column.includes(NaN))) {
    throw new StackingError({
      code: 'stacking/targets',
      file: paths.preprocessed('train_folds'),
      reason: 'has slices without a target',
      remedy: 'run the preprocessing again',
    });
  }
  const foldOf = (row: number) => columns.fold[read.slices.tableRows[row]!];
  const test = await readTable(paths.preprocessed('test'), datasetTable, { columns: [...COLUMNS] });
  const readTest = await readPredictions(paths, inputs, [fold], 'test', orderSlices(test.columns), onFile);
  return {
    train: part(read, targets, (row) => foldOf(row) !== fold),
    valid: part(read, targets, (row) => foldOf(row) === fold),
    test: { slices: readTest.slices, predictions: readTest.predictions, targets: [] },
    filled: { valid: { ...read.predictions.filled }, test: { ...readTest.predictions.filled } },
    dropped: { valid: read.dropped, test: readTest.dropped },
  };
}

function part(
  { slices, predictions }: ReadPredictions,
  targets: readonly Float32Array[],
  keep: (row: number) => boolean,
): Part {
  const chosen = selectSlices(slices, keep);
  return {
    slices: chosen.slices,
    predictions: selectRows(predictions, chosen.rows),
    targets: targets.map((column) => Float32Array.from(chosen.rows, (row) => column[row]!)),
  };
}
