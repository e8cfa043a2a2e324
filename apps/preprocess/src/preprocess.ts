import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintFolder, hashFile, RunRecord, type Terminal } from '@ichor/cli';
import { readLabelCsv, readSampleSubmission, type LabelSet } from '@ichor/dataset';
import { acquireLock, IchorError, isThere, writeFileAtomic } from '@ichor/files';
import {
  CUSTOM_LABELS_SUFFIX,
  generationText,
  PREPROCESSED_TABLES,
  tableContent,
  type Generation,
  type Layout,
  type PreprocessedName,
} from '@ichor/tables';
import { buildTest, buildTraining, type TrainingSet } from './build-tables.js';
import { findImages } from './image-set.js';
import { sourceKey } from './journal.js';
import type { ReaderPool } from './reader-pool.js';
import { readSet } from './read-set.js';
import { requireSameDraw } from './same-draw.js';
import { Staging } from './staging.js';
import { countSet, labelsPerFold, reasons, summaryText, type SetOutcome } from './summary.js';

export interface PreprocessOptions {
  readonly workers: number;
  readonly folds: number;
  readonly seed: number;
  /** HU; see `makeDataset`. */
  readonly minBrainRange: number;
  /** Keep test slices without brain too. */
  readonly keepTestSlices: boolean;
  readonly chunkSlices: number;
  /** Read all files again. */
  readonly fresh: boolean;
  /** Replace tables that were drawn with other folds, seed or slices. */
  readonly redraw: boolean;
  readonly strict: boolean;
}

export interface PreprocessResult {
  readonly summary: string;
  readonly unreadable: number;
  readonly outcomes: readonly SetOutcome[];
}

export interface PreprocessContext {
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  /** Closed when everything is read. */
  readonly readers: ReaderPool;
}

const MANIFEST = 'manifest.json';
const GENERATION = 'generation.json';

/** The record of the run that made the tables, in their folder. */
export function manifestPath(files: Layout): string {
  return join(files.preprocessedFolder, MANIFEST);
}

/** The record of a later run that failed or was stopped: the tables are not of it. */
export function failurePath(files: Layout): string {
  return join(files.preprocessedFolder, 'failed.json');
}

const ALL_TABLES: readonly PreprocessedName[] = [
  ...PREPROCESSED_TABLES,
  ...PREPROCESSED_TABLES.map((name) => `${name}${CUSTOM_LABELS_SUFFIX}` as const),
  'train_fold_with_label_smooth',
];

/** So many unreadable files of a set are named in the manifest. */
const NAMED_UNREADABLE = 1000;

/** From the folder `input` to the tables of `intermediate_output/preprocessed_data`. */
export async function preprocess(
  files: Layout,
  options: PreprocessOptions,
  { signal, terminal, readers }: PreprocessContext,
): Promise<PreprocessResult> {
  const { folds, seed } = options;
  // Before anything is written: a mistyped ICHOR_ROOT must not create folders.
  if (!(await isThere(files.input.trainImages)) && !(await isThere(files.input.testImages)))
    throw nothingToRead(files);
  const record = new RunRecord({ command: 'preprocess', config: { ...options }, seeds: { folds: seed } });
  const workFolder = join(files.preprocessedFolder, '.work');
  const lock = await acquireLock(files.preprocessedFolder, { purpose: 'preprocess' });
  try {
    if (!options.redraw) await requireSameDraw(manifestPath(files), options);
    if (options.fresh) await rm(workFolder, { recursive: true, force: true });
    const labels = await record.time('read labels', () => readLabels(files));
    const staging = new Staging(files, join(workFolder, 'tables'));
    const listed = (await isThere(files.input.sampleSubmission))
      ? (await readSampleSubmission(files.input.sampleSubmission)).ids
      : undefined;
    const labelsHash = await hashFile(files.input.trainCsv);
    const sources: string[] = [];
    const readOne = async (name: 'train' | 'test') => {
      const train = name === 'train';
      const imageFolder = train ? files.input.trainImages : files.input.testImages;
      const images = await findImages(
        imageFolder,
        train ? (labels?.ids ?? []) : listed,
        train,
        train ? labels?.incomplete : undefined,
      );
      for (const { id, reason } of images.leftOut) record.drop(id, reason);
      const fingerprint = await fingerprintFolder(imageFolder);
      const source = sourceKey({
        ids: images.ids,
        images: fingerprint.strict,
        labels: train ? labelsHash : '',
      });
      sources.push(source);
      const result = await readSet({
        ...options,
        name,
        images,
        imageFolder,
        workFolder: join(workFolder, name),
        output: staging.newPath(`${name}_raw.arrow`),
        earlier: files.preprocessed(`${name}_raw`),
        source,
        labels: train ? labels : undefined,
        readers,
        signal,
        terminal,
        record,
      });
      if (result.kept) staging.keep(`${name}_raw`);
      for (const { id, reason } of result.unreadable) record.drop(id, reason);
      const { look, files: count } = fingerprint;
      return { name, images, ...result, read: { files: count, look, content: result.content } };
    };

    const train = await readOne('train');
    const test = await readOne('test');
    await readers.close();
    if (train.images.ids.length + test.images.ids.length === 0) throw nothingToRead(files);
    record.setData(sources.join('-'));

    const { minBrainRange, keepTestSlices } = options;
    const path = staging.path.bind(staging);
    const training: TrainingSet = await record.time('training tables', () =>
      buildTraining(path, labels, { minBrainRange }, { folds, seed }),
    );
    const testing = await record.time('test tables', () =>
      buildTest(path, { minBrainRange: keepTestSlices ? -Infinity : minBrainRange }),
    );
    for (const { id, reason } of [...training.dropped, ...testing.dropped]) record.drop(id, reason);

    const outcomes: SetOutcome[] = [
      { ...train, dataset: training },
      { ...test, dataset: testing },
    ];
    for (const outcome of outcomes)
      record.result(outcome.name, {
        ...countSet(outcome),
        leftOut: Object.fromEntries(reasons(outcome)),
        // By themselves: among what was left out, files that the CSV lists in vain may crowd them out.
        unreadable: outcome.unreadable.slice(0, NAMED_UNREADABLE),
      });
    record.result('labelsPerFold', labelsPerFold(training, folds));
    if (labels !== undefined)
      record.result('labelCsv', {
        counts: Object.fromEntries(labels.problems.counts),
        first: labels.problems.first,
      });
    const images = { train: train.read, test: test.read };
    await record.time('record tables', () => recordTables(staging, images));
    await record.write(staging.newPath(MANIFEST));
    const moved = ALL_TABLES.filter((name) => path(name) !== files.preprocessed(name));
    await staging.commit([...moved.map((name) => `${name}.arrow`), MANIFEST, GENERATION]);
    await rm(workFolder, { recursive: true, force: true });
    await rm(failurePath(files), { force: true });
    return {
      summary: summaryText(outcomes, training, folds, labels),
      unreadable: train.unreadable.length + test.unreadable.length,
      outcomes,
    };
  } catch (error) {
    // What failed is the answer; where this fails too, the disk is full or not ours.
    await record.write(failurePath(files), signal.aborted ? 'stopped' : 'failed').catch(() => undefined);
    throw error;
  } finally {
    await lock.release();
  }
}

/** A folder of test studies alone can be preprocessed without labels; training images cannot. */
async function readLabels(files: Layout): Promise<LabelSet | undefined> {
  if (!(await isThere(files.input.trainCsv)) && !(await isThere(files.input.trainImages))) return undefined;
  return readLabelCsv(files.input.trainCsv);
}

function nothingToRead(files: Layout): IchorError {
  return new IchorError({
    code: 'preprocess/no-images',
    file: files.input.folder,
    reason: 'holds no .dcm file in stage_2_train_images or stage_2_test_images',
    remedy: 'copy the data to this folder, or set ICHOR_ROOT to the folder that holds input',
  });
}

/** Writes down which tables belong together, and what they were made of. The raw tables carry their source themselves. */
async function recordTables(staging: Staging, images: Generation['images']): Promise<void> {
  const tables: Record<string, Awaited<ReturnType<typeof tableContent>>> = {};
  for (const name of ALL_TABLES)
    if (!name.includes('_raw')) tables[name] = await tableContent(staging.path(name));
  await writeFileAtomic(staging.newPath(GENERATION), generationText({ tables, images }));
}
