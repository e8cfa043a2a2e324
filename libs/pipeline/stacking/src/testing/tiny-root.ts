import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformStream } from '@ichor/nn';
import {
  datasetTable,
  featuresTable,
  foldsTable,
  labelColumns,
  layout,
  predictionsTable,
  writeTable,
  type Layout,
} from '@ichor/tables';

export interface TinyRoot {
  readonly root: string;
  readonly paths: Layout;
  readonly folds: readonly number[];
}

export interface TinyRootOptions {
  readonly models: readonly string[];
  /** Default 30. */
  readonly studies?: number;
  /** Turns the labels of one fold around, in the table and nowhere else. */
  readonly flippedFold?: number;
  /** Model and slice (by number) that it lacks. */
  readonly lacking?: readonly [model: string, slice: number];
  /** Give every model feature vectors of so many numbers; default none. */
  readonly features?: number;
}

const SLICES = 8;
const FOLDS = [0, 1, 2];
const PASSES = 2;

/**
 * Tables and predictions in miniature: studies of eight slices, in half of which slices 3 to 5 are positive for all
 * labels; each model sees the truth through noise of its own.
 */
export async function makeTinyRoot(options: TinyRootOptions): Promise<TinyRoot> {
  const { models, studies = 30, flippedFold, lacking, features = 0 } = options;
  const root = await mkdtemp(join(tmpdir(), 'ichor-stacking-'));
  const paths = layout(root);
  const train = slicesOf('a', studies);
  const test = slicesOf('b', 4);
  const fold = Int8Array.from(train, ({ study }) => study % FOLDS.length);
  const shown = train.map(({ positive }, row) => (fold[row] === flippedFold ? !positive : positive));
  await writeTable(paths.preprocessed('train_folds'), foldsTable, {
    ...columnsOf(train),
    ...targets(shown.map(Number)),
    fold,
  });
  await writeTable(paths.preprocessed('test'), datasetTable, {
    ...columnsOf(test),
    ...targets(test.map(() => NaN)),
  });
  for (const [number, model] of models.entries()) {
    for (const one of FOLDS) {
      const valid = train.filter(
        ({ study }, row) => study % FOLDS.length === one && !(model === lacking?.[0] && row === lacking[1]),
      );
      await write(paths.predictions(model, one, 'valid'), valid, number, false);
      await write(paths.predictions(model, one, 'test'), test, number * 10 + one, true);
      if (features === 0) continue;
      await writeVectors(paths.features(model, one, 'valid'), valid, number, features);
      await writeVectors(paths.features(model, one, 'test'), test, number * 10 + one, features);
    }
  }
  return { root, paths, folds: FOLDS };
}

interface TinySlice {
  readonly id: string;
  readonly study: number;
  readonly slice: number;
  readonly positive: boolean;
}

function slicesOf(prefix: string, studies: number): TinySlice[] {
  return Array.from({ length: studies * SLICES }, (_, row) => {
    const [study, slice] = [Math.floor(row / SLICES), row % SLICES];
    const positive = study % 2 === 0 && slice >= 3 && slice <= 5;
    return { id: `ID_${prefix}${String(row).padStart(4, '0')}`, study, slice, positive };
  });
}

function columnsOf(slices: readonly TinySlice[]) {
  const text = (make: (slice: TinySlice) => string) => slices.map(make);
  const numbers = (make: (slice: TinySlice) => number) => Float64Array.from(slices, make);
  return {
    ID: text(({ id }) => id),
    labels: text(() => ''),
    PatientID: text(({ id, study }) => `${id.slice(0, 4)}p${study}`),
    StudyInstanceUID: text(({ study }) => `study${study}`),
    SeriesInstanceUID: text(({ study }) => `series${study}`),
    WindowCenter: numbers(() => 40),
    WindowWidth: numbers(() => 80),
    RescaleIntercept: numbers(() => -1024),
    RescaleSlope: numbers(() => 1),
    Position3: numbers(({ slice }) => 5 * slice),
    PositionOrd: numbers(({ slice }) => (slice + 1) / SLICES),
    LeftLabel: text(() => ''),
    RightLabel: text(() => ''),
  };
}

function targets(values: readonly number[]) {
  return labelColumns('target', () => Float32Array.from(values));
}

async function write(
  path: string,
  slices: readonly TinySlice[],
  seed: number,
  isTest: boolean,
): Promise<void> {
  const rows = slices.flatMap((slice) => Array<TinySlice>(PASSES).fill(slice));
  const columns = {
    ID: rows.map(({ id }) => id),
    pass: Int8Array.from(rows, (_, row) => row % PASSES),
    ...targets(rows.map(({ positive }) => (isTest ? NaN : Number(positive)))),
    ...labelColumns('output', (_, index) =>
      // Noise belongs to the slice, whatever else is in the file.
      Float32Array.from(rows, ({ id, positive }, row) => {
        const noise = uniformStream(seed, index, row % PASSES, Number(id.slice(4)))();
        return (positive ? 0.45 : 0.05) + 0.5 * noise;
      }),
    ),
  };
  await writeTable(path, predictionsTable, columns);
}

/** Noise around the truth, as for predictions. */
async function writeVectors(
  path: string,
  slices: readonly TinySlice[],
  seed: number,
  size: number,
): Promise<void> {
  const values = slices.flatMap(({ id, positive }) => {
    const noise = uniformStream(seed, size, Number(id.slice(4)));
    return Array.from({ length: size }, () => Number(positive) + noise());
  });
  await writeTable(path, featuresTable, {
    ID: slices.map(({ id }) => id),
    features: { size, values: Float32Array.from(values) },
  });
}
