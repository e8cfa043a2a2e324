import { present } from '@ichor/files';
import { RandomStream } from '@ichor/files/random';
import { tinyDicom } from '@ichor/base-model/testing';
import {
  CUSTOM_LABELS_SUFFIX,
  datasetTable,
  foldsTable,
  labelColumns,
  labelSmoothTable,
  layout,
  writeTable,
  type ColumnsOf,
  type LABELS,
  type Layout,
} from '@ichor/tables';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TinySet {
  readonly layout: Layout;
  readonly root: string;
  readonly trainIds: readonly string[];
  readonly testIds: readonly string[];
}

const size = 24;
const slicesPerStudy = 5;

/**
 * A data set in miniature: noise at 35 HU in a disc, and in every third slice a square of 70 HU, which is the label.
 * Studies of five slices, one fold each in turn.
 */
export async function makeTinySet(studies = 10, testStudies = 2): Promise<TinySet> {
  const root = await mkdtemp(join(tmpdir(), 'ichor-training-'));
  const paths = layout(root);
  await mkdir(paths.input.trainImages, { recursive: true });
  await mkdir(paths.input.testImages, { recursive: true });
  const train = await makeSlices('a', studies, paths.input.trainImages);
  const test = await makeSlices('b', testStudies, paths.input.testImages);

  const fold = Int8Array.from(train.positive, (_, row) => Math.floor(row / slicesPerStudy) % 5);
  const targets = twoLabels('target', train.positive.map(Number));
  const soft = twoLabels(
    'target',
    train.positive.map((positive, row) => (positive ? 1 : row % 2 === 0 ? 0.3 : 0)),
  );
  const smooth = twoLabels(
    'smooth',
    train.positive.map((positive) => (positive ? 0.7 : 0.1)),
  );
  const folds = { ...train.columns, ...targets, fold };
  await writeTable(paths.preprocessed('train_folds'), foldsTable, folds);
  await writeTable(paths.preprocessed(`train_folds${CUSTOM_LABELS_SUFFIX}`), foldsTable, {
    ...folds,
    ...soft,
  });
  await writeTable(paths.preprocessed('train_fold_with_label_smooth'), labelSmoothTable, {
    ...folds,
    ...smooth,
    brain_region_rate: Float64Array.from(fold, (_, row) => (row % 7 === 0 ? 0.01 : 0.5)),
  });
  await writeTable(paths.preprocessed('test'), datasetTable, {
    ...test.columns,
    ...twoLabels(
      'target',
      test.positive.map(() => NaN),
    ),
  });
  return { layout: paths, root, trainIds: train.columns.ID, testIds: test.columns.ID };
}

type SliceColumns = Omit<ColumnsOf<typeof datasetTable>, `target_${(typeof LABELS)[number]}`>;

async function makeSlices(
  prefix: string,
  studies: number,
  folder: string,
): Promise<{ columns: SliceColumns; positive: boolean[] }> {
  const rows = studies * slicesPerStudy;
  const ID = Array.from({ length: rows }, (_, row) => `ID_${prefix}${String(row).padStart(4, '0')}`);
  const positive = ID.map((_, row) => row % 3 === 0);
  for (const [row, id] of ID.entries()) {
    await writeFile(join(folder, `${id}.dcm`), tinyDicom(tinyHead(id, present(positive[row])), size));
  }
  const study = ID.map((_, row) => `${prefix}-study-${Math.floor(row / slicesPerStudy)}`);
  const numbers = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => value(row));
  return {
    positive,
    columns: {
      ID,
      labels: positive.map((is) => (is ? 'any subdural' : '')),
      PatientID: study,
      StudyInstanceUID: study,
      SeriesInstanceUID: study,
      WindowCenter: numbers(() => 40),
      WindowWidth: numbers(() => 80),
      RescaleIntercept: numbers(() => -1024),
      RescaleSlope: numbers(() => 1),
      Position3: numbers((row) => (row % slicesPerStudy) * 5),
      PositionOrd: numbers((row) => ((row % slicesPerStudy) + 1) / slicesPerStudy),
      LeftLabel: ID.map(() => ''),
      RightLabel: ID.map(() => ''),
    },
  };
}

function tinyHead(id: string, positive: boolean): Int16Array {
  const random = new RandomStream('tiny', id);
  return Int16Array.from({ length: size * size }, (_, pixel) => {
    const x = pixel % size;
    const y = Math.floor(pixel / size);
    const inside = Math.hypot(x - size / 2, y - size / 2) < size * 0.45;
    const bleed = positive && x > 8 && x < 16 && y > 8 && y < 16;
    return 1024 + Math.round((inside ? (bleed ? 70 : 35) : -1000) + random.normal() * 4);
  });
}

/** `values` for `any` and `subdural`, zeros for the others; NaN everywhere. */
function twoLabels<P extends 'target' | 'smooth'>(prefix: P, values: readonly number[]) {
  return labelColumns(prefix, (label) =>
    Float32Array.from(values, (value) =>
      label === 'any' || label === 'subdural' || Number.isNaN(value) ? value : 0,
    ),
  );
}
