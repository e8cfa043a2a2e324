import type { BaseModel } from '@ichor/base-model';
import type { SlicePositions } from '@ichor/dataset';
import { isThereSync, taskCommand } from '@ichor/files';
import { RandomStream } from '@ichor/files/random';
import {
  CUSTOM_LABELS_SUFFIX,
  datasetTable,
  foldsTable,
  LABELS,
  labelSmoothTable,
  readPreprocessed,
  type Layout,
} from '@ichor/tables';
import { createHash } from 'node:crypto';
import { TrainingError } from '../error.js';
import { imagesFingerprint } from './images.js';
import { idsWithNeighbours } from './neighbours.js';
import { pickSlices, type SliceSet } from './slice-set.js';

/** The part of a model's settings that decides which slices it sees, and what for. */
export type DataSettings = Pick<BaseModel, 'targets' | 'neighbours' | 'minimumBrainShare' | 'limit'>;

export interface TrainingData {
  readonly train: SliceSet;
  readonly valid: SliceSet;
  /** Fingerprint of what the images hold; see `imagesFingerprint`. */
  readonly images: string;
}

const order = ['ID', 'StudyInstanceUID', 'SeriesInstanceUID', 'Position3'] as const;
const hard = LABELS.map((label) => `target_${label}` as const);
const smooth = LABELS.map((label) => `smooth_${label}` as const);

/**
 * The slices of a fold: what is trained on (all other folds) and what is predicted out of fold.
 *
 * @throws TrainingError `training/missing-table`, `training/no-slices`, `training/images-changed`; TableError for a
 *   table that is damaged, foreign or of another run of preprocessing than the rest
 */
export async function readTrainingData(
  layout: Layout,
  settings: DataSettings,
  fold: number,
): Promise<TrainingData> {
  const { all, folds, brainShare } = await readFolds(layout, settings);
  const rows = all.ids.map((_, row) => row);
  const set = (belongs: (row: number) => boolean, name: string): SliceSet => {
    const chosen = limited(rows.filter(belongs), settings.limit, name);
    if (chosen.length === 0) {
      throw new TrainingError({
        code: 'training/no-slices',
        reason: `fold ${fold} has no slices to ${name === 'train' ? 'train on' : 'validate on'} among ${rows.length}`,
        remedy: 'run preprocess again, or choose a fold that its table has',
      });
    }
    return pickSlices(all, chosen);
  };
  return {
    train: set((row) => folds[row] !== fold && brainShare(row) >= settings.minimumBrainShare, 'train'),
    valid: set((row) => folds[row] === fold, 'valid'),
    images: await imagesFingerprint(layout, 'train'),
  };
}

/** The slices of the test set; their targets are unknown. */
export async function readTestData(layout: Layout, settings: DataSettings): Promise<SliceSet> {
  expectTable(layout.preprocessed('test'));
  const { columns } = await readPreprocessed(layout, 'test', datasetTable, { columns: [...order] });
  const unknown = new Float32Array(columns.ID.length * LABELS.length).fill(NaN);
  const all = {
    ids: columns.ID,
    targets: unknown,
    hardTargets: unknown,
    seenIds: idsWithNeighbours(columns, settings.neighbours),
  };
  return pickSlices(
    all,
    limited(
      all.ids.map((_, row) => row),
      settings.limit,
      'test',
    ),
  );
}

/** Changes when a slice or a target of the set does. */
export function dataFingerprint(...sets: readonly SliceSet[]): string {
  const hash = createHash('sha256');
  for (const { ids, targets, hardTargets, seenIds } of sets) {
    hash.update(`${ids.length}\n${ids.join('\n')}\n`);
    for (const { buffer, byteOffset, byteLength } of [targets, hardTargets]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
    hash.update(seenIds.map((ids) => ids.join(' ')).join('\n'));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The same for what a run is trained on, with the content of the images. */
export function runData({ train, valid, images }: TrainingData): string {
  return createHash('sha256')
    .update(`${dataFingerprint(train, valid)} ${images}`)
    .digest('hex')
    .slice(0, 16);
}

interface Folds {
  readonly all: SliceSet;
  readonly folds: Int8Array;
  readonly brainShare: (row: number) => number;
}

async function readFolds(layout: Layout, settings: DataSettings): Promise<Folds> {
  const needsShare = settings.minimumBrainShare > 0;
  if (settings.targets === 'smooth' || needsShare) {
    const name = 'train_fold_with_label_smooth';
    expectTable(layout.preprocessed(name));
    const { columns } = await readPreprocessed(layout, name, labelSmoothTable, {
      columns: [...order, 'fold', ...hard, ...smooth, 'brain_region_rate'],
    });
    const aim = settings.targets === 'smooth' ? smooth : hard;
    return {
      all: sliceSet(
        columns,
        aim.map((name) => columns[name]),
        hard.map((name) => columns[name]),
        settings,
      ),
      folds: columns.fold,
      brainShare: (row) => columns.brain_region_rate[row]!,
    };
  }
  const name =
    settings.targets === 'custom' ? (`train_folds${CUSTOM_LABELS_SUFFIX}` as const) : 'train_folds';
  expectTable(layout.preprocessed(name));
  const { columns } = await readPreprocessed(layout, name, foldsTable, {
    columns: [...order, 'fold', ...hard],
  });
  const targets = hard.map((name) => columns[name]);
  return {
    all: sliceSet(columns, targets, targets, settings),
    folds: columns.fold,
    brainShare: () => 1,
  };
}

function sliceSet(
  columns: SlicePositions,
  targets: readonly Float32Array[],
  hardTargets: readonly Float32Array[],
  settings: DataSettings,
): SliceSet {
  const rows = columns.ID.length;
  const interleave = (labels: readonly Float32Array[], value: (target: number) => number): Float32Array => {
    const values = new Float32Array(rows * LABELS.length);
    labels.forEach((column, label) =>
      column.forEach((target, row) => (values[row * LABELS.length + label] = value(target))),
    );
    return values;
  };
  return {
    ids: columns.ID,
    targets: interleave(targets, (target) => target),
    // Soft targets below one half are negatives that lie between positives.
    hardTargets: interleave(hardTargets, (target) => (Number.isNaN(target) ? NaN : Number(target >= 0.5))),
    seenIds: idsWithNeighbours(columns, settings.neighbours),
  };
}

/** So many of the rows, drawn once and for all, in their order. */
function limited(rows: readonly number[], limit: number | undefined, name: string): number[] {
  if (limit === undefined || rows.length <= limit) return [...rows];
  return [...new RandomStream('limit', name).shuffle(Int32Array.from(rows)).subarray(0, limit)].sort(
    (a, b) => a - b,
  );
}

/** @throws TrainingError `training/missing-table` */
function expectTable(path: string): void {
  if (isThereSync(path)) return;
  throw new TrainingError({
    code: 'training/missing-table',
    file: path,
    reason: 'does not exist',
    remedy: `run preprocess first: ${taskCommand({ project: 'preprocess', target: 'preprocess' })}`,
  });
}
