import { readAligned, selectRows, type AlignedPredictions, type AlignedRead } from '@ichor/predictions';
import { datasetTable, foldsTable, LABELS, readPreprocessed, type Layout } from '@ichor/tables';
import { StackingError } from '../error.js';
import { readEmbeddings } from '../sequence/embeddings.js';
import type { Embedding } from '../sequence/series.js';
import {
  hardTargetColumns,
  orderSlices,
  selectSlices,
  type OrderedSlices,
} from '../slices/ordered-slices.js';

/** Slices with the predictions of the inputs, and their targets where these are known. */
export interface AlignedSlices {
  readonly slices: OrderedSlices;
  readonly predictions: AlignedPredictions;
  /** One column a label, 0 or 1. */
  readonly targets: readonly Float32Array[];
  /** Feature vectors of the networks that were requested. */
  readonly embeddings: readonly Embedding[];
}

/** What a stacker reads. */
export interface StackerInputs {
  /** Models whose predictions it reads. */
  readonly inputs: readonly string[];
  /** Those of them whose feature vectors it reads too. */
  readonly embeddings?: readonly string[];
}

/** The slices with known targets, as one fold sees them. */
export interface TrainingData {
  /** Out-of-fold predictions of the other folds. */
  readonly train: AlignedSlices;
  /** Fold of each slice of `train`. */
  readonly trainFolds: Uint8Array;
  /** Out-of-fold predictions of this fold. */
  readonly valid: AlignedSlices;
  /** Slices that took the mean of the other models, by model. */
  readonly filled: Record<string, number>;
  /** Slices that no model predicted. */
  readonly dropped: readonly string[];
}

/** What one fold of a stacker is made from. */
export interface FoldData extends Pick<TrainingData, 'train' | 'trainFolds' | 'valid'> {
  /** Predictions of this fold's models for the whole test set; no targets. */
  readonly test: AlignedSlices;
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
 * @throws StackingError `stacking/no-training-folds`, `stacking/no-slices`, `stacking/targets`, and those of `readAligned`
 */
export async function readFoldData(
  paths: Layout,
  stacker: StackerInputs,
  fold: number,
  folds: readonly number[],
  onFile?: (path: string) => void,
): Promise<FoldData> {
  const { inputs, embeddings = [] } = stacker;
  const known = await readTrainingData(paths, stacker, { fold, folds, set: 'valid', onFile });
  const table = await readPreprocessed(paths, 'test', datasetTable, { columns: [...COLUMNS] });
  const test = await readSlices(paths, orderSlices(table.columns), {
    models: inputs,
    folds: [fold],
    kind: 'test',
    onFile,
  });
  return {
    ...known,
    test: {
      slices: test.slices,
      predictions: test.predictions,
      targets: [],
      embeddings: await readEmbeddings(paths, {
        models: embeddings,
        folds: [fold],
        kind: 'test',
        ids: test.slices.ids,
      }),
    },
    filled: { valid: known.filled, test: { ...test.predictions.filled } },
    dropped: { valid: known.dropped, test: test.dropped },
  };
}

export interface TrainingRead {
  readonly fold: number;
  /** All folds that there are. */
  readonly folds: readonly number[];
  /** `nested`: the nested predictions of those inputs that have any. */
  readonly set: 'valid' | 'nested';
  readonly onFile?: ((path: string) => void) | undefined;
}

/** What {@link readFoldData} reads of the slices that have targets. */
export async function readTrainingData(
  paths: Layout,
  { inputs, embeddings = [] }: StackerInputs,
  { fold, folds, set, onFile }: TrainingRead,
): Promise<TrainingData> {
  if (!folds.includes(fold) || folds.length < 2) {
    throw new StackingError({
      code: 'stacking/no-training-folds',
      reason: `fold ${fold} cannot be stacked with the folds ${folds.join(', ')}: it learns from the other folds`,
      remedy: 'choose at least two folds with ICHOR_FOLDS, including this one',
    });
  }
  const { columns } = await readPreprocessed(paths, 'train_folds', foldsTable, {
    columns: [...COLUMNS, ...TARGETS, 'fold'],
  });
  const known = orderSlices(columns, (row) => folds.includes(columns.fold[row]!));
  const read = { models: inputs, folds, kind: set, onFile };
  const { slices, predictions, dropped } = await readSlices(paths, known, read);
  const targets = hardTargetColumns(slices, columns);
  if (targets.some((column) => column.includes(NaN))) {
    throw new StackingError({
      code: 'stacking/targets',
      file: paths.preprocessed('train_folds'),
      reason: 'has slices without a target',
      remedy: 'run the preprocessing again',
    });
  }
  const foldOf = ({ tableRows }: OrderedSlices) => Uint8Array.from(tableRows, (row) => columns.fold[row]!);
  const all: AlignedSlices = {
    slices,
    predictions,
    targets,
    embeddings: await readEmbeddings(paths, { models: embeddings, folds, kind: 'valid', ids: slices.ids }),
  };
  const foldOfAll = foldOf(slices);
  const train = selectAligned(all, (row) => foldOfAll[row] !== fold);
  const valid = selectAligned(all, (row) => foldOfAll[row] === fold);
  return {
    train,
    trainFolds: foldOf(train.slices),
    valid,
    filled: { ...predictions.filled },
    dropped,
  };
}

/** The slices that some model predicted, with the predictions of all. @throws StackingError `stacking/no-slices` */
async function readSlices(
  paths: Layout,
  slices: OrderedSlices,
  read: Omit<AlignedRead, 'ids'>,
): Promise<Pick<AlignedSlices, 'slices' | 'predictions'> & { readonly dropped: readonly string[] }> {
  const { predictions, rows, dropped } = await readAligned(paths, { ...read, ids: slices.ids });
  if (rows.length === 0) {
    throw new StackingError({
      code: 'stacking/no-slices',
      reason: `none of the ${slices.rows} slices of the ${read.kind} set has a prediction`,
      remedy: 'run preprocessing and then the models on the same data',
    });
  }
  const isPredicted = new Set(rows);
  return { slices: selectSlices(slices, (row) => isPredicted.has(row)).slices, predictions, dropped };
}

/** The slices whose row is to be kept, with their predictions, targets and feature vectors. */
export function selectAligned(
  { slices, predictions, targets, embeddings }: AlignedSlices,
  keep: (row: number) => boolean,
): AlignedSlices {
  const chosen = selectSlices(slices, keep);
  return {
    slices: chosen.slices,
    predictions: selectRows(predictions, chosen.rows),
    targets: targets.map((column) => Float32Array.from(chosen.rows, (row) => column[row]!)),
    embeddings: embeddings.map(({ size, values }) => {
      const picked = new Float32Array(chosen.rows.length * size);
      chosen.rows.forEach((row, i) => picked.set(values.subarray(row * size, (row + 1) * size), i * size));
      return { size, values: picked };
    }),
  };
}
