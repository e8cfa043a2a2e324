import {
  makeDataset,
  RAW_COLUMNS,
  smoothColumns,
  smoothedTargets,
  softTargets,
  targetColumns,
  type Dataset,
  type DatasetOptions,
  type LabelSet,
} from '@ichor/dataset';
import { copyFileAtomic } from '@ichor/files';
import { labelStratifiedFolds } from '@ichor/folds';
import {
  CUSTOM_LABELS_SUFFIX,
  datasetTable,
  foldsTable,
  labelSmoothTable,
  rawTable,
  readTable,
  writeTable,
  type PreprocessedName,
} from '@ichor/tables';

export interface FoldSettings {
  readonly folds: number;
  readonly seed: number;
}

export interface TrainingSet extends Dataset {
  /** Of each row. */
  readonly fold: Int8Array;
}

/** Where a table is. */
export type TablePath = (name: PreprocessedName) => string;

/** Writes `train`, `train_folds`, `train_fold_with_label_smooth` and the set with soft targets. */
export async function buildTraining(
  path: TablePath,
  labels: LabelSet | undefined,
  options: DatasetOptions,
  settings: FoldSettings,
): Promise<TrainingSet> {
  const dataset = await readDataset(path, 'train_raw', options);
  const { columns, hard, series, brainRegionRate } = dataset;
  const fold = labelStratifiedFolds(
    {
      groups: columns.PatientID,
      // With the repeats of the CSV: the draw counts them.
      labels: columns.ID.map((id) => labels?.listedLabelsOf(id) ?? []),
    },
    settings,
  );
  const metadata = { folds: String(settings.folds), seed: String(settings.seed) };
  const smooth = smoothColumns(smoothedTargets(series, hard));
  const soft = { ...columns, ...targetColumns(softTargets(series, hard)) };
  await allWritten([
    writeTable(path('train'), datasetTable, columns),
    writeTable(path('train_folds'), foldsTable, { ...columns, fold }, { metadata }),
    writeTable(
      path('train_fold_with_label_smooth'),
      labelSmoothTable,
      { ...columns, fold, ...smooth, brain_region_rate: brainRegionRate },
      { metadata },
    ),
    writeTable(path(`train${CUSTOM_LABELS_SUFFIX}`), datasetTable, soft),
    writeTable(path(`train_folds${CUSTOM_LABELS_SUFFIX}`), foldsTable, { ...soft, fold }, { metadata }),
    copyCustom(path, 'train_raw'),
  ]);
  return { ...dataset, fold };
}

/** Writes `test` and its copy in the set with soft targets; the test set has no targets. */
export async function buildTest(path: TablePath, options: DatasetOptions): Promise<Dataset> {
  const dataset = await readDataset(path, 'test_raw', { ...options, test: true });
  const written = writeTable(path('test'), datasetTable, dataset.columns);
  await allWritten([written.then(() => copyCustom(path, 'test')), copyCustom(path, 'test_raw')]);
  return dataset;
}

/** Files that are written side by side, because most of the time of each is the wait for the disk. None goes on after a failure. */
async function allWritten(files: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(files)) if (result.status === 'rejected') throw result.reason;
}

async function readDataset(
  path: TablePath,
  name: 'train_raw' | 'test_raw',
  options: DatasetOptions,
): Promise<Dataset> {
  const { columns } = await readTable(path(name), rawTable, { columns: RAW_COLUMNS });
  return makeDataset(columns, options);
}

/** Tables that do not depend on the targets are the same in the set with soft targets. */
async function copyCustom(path: TablePath, name: 'train_raw' | 'test_raw' | 'test'): Promise<void> {
  await copyFileAtomic(path(name), path(`${name}${CUSTOM_LABELS_SUFFIX}`));
}
