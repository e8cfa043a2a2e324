import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintFolder, hashFile, type RunRecord, type Terminal } from '@ichor/cli';
import { readLabelCsv, readSampleSubmission, type Dataset, type LabelSet } from '@ichor/dataset';
import { IchorError, isThere, writeFileAtomic } from '@ichor/files';
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
import { findImages, type ImageSet } from './image-set.js';
import { sourceKey } from './journal.js';
import type { ReaderPool } from './reader-pool.js';
import { readSet, type ReadSetResult } from './read-set.js';
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

/** The record of the run that made the tables. */
export const MANIFEST = 'manifest.json';
const GENERATION = 'generation.json';

const ALL_TABLES: readonly PreprocessedName[] = [
  ...PREPROCESSED_TABLES,
  ...PREPROCESSED_TABLES.map((name) => `${name}${CUSTOM_LABELS_SUFFIX}` as const),
  'train_fold_with_label_smooth',
];

/** Number of unreadable files of a set that the manifest names. */
const NAMED_UNREADABLE = 1000;

type SetName = 'train' | 'test';

/** The slices of a set, read. */
interface SlicesRead extends ReadSetResult {
  readonly name: SetName;
  readonly images: ImageSet;
  /** What identifies the images and labels that were read. */
  readonly source: string;
  readonly generation: Generation['images'][SetName];
}

/** Makes all tables in a folder next to the old ones, and replaces the old ones when all are complete. */
export class TableMaker {
  readonly #files: Layout;
  readonly #options: PreprocessOptions;
  readonly #context: PreprocessContext;
  readonly #record: RunRecord;
  readonly #workFolder: string;
  readonly #staging: Staging;

  /** @param record is told what was left out, and what came out */
  constructor(files: Layout, options: PreprocessOptions, context: PreprocessContext, record: RunRecord) {
    this.#files = files;
    this.#options = options;
    this.#context = context;
    this.#record = record;
    this.#workFolder = join(files.preprocessedFolder, '.work');
    this.#staging = new Staging(files, join(this.#workFolder, 'tables'));
  }

  async make(): Promise<PreprocessResult> {
    const { folds, fresh } = this.#options;
    if (fresh) await rm(this.#workFolder, { recursive: true, force: true });
    const labels = await this.#record.time('read labels', () => readLabels(this.#files));
    const { train, test } = await this.#readSlices(labels);
    const { training, testing } = await this.#build(labels);
    const outcomes: SetOutcome[] = [
      { ...train, dataset: training },
      { ...test, dataset: testing },
    ];
    this.#recordResults(outcomes, training, labels);
    await this.#commit({ train: train.generation, test: test.generation });
    return {
      summary: summaryText(outcomes, training, folds, labels),
      unreadable: train.unreadable.length + test.unreadable.length,
      outcomes,
    };
  }

  async #readSlices(labels: LabelSet | undefined): Promise<Record<SetName, SlicesRead>> {
    const { trainCsv, sampleSubmission } = this.#files.input;
    const listed = (await isThere(sampleSubmission))
      ? (await readSampleSubmission(sampleSubmission)).ids
      : undefined;
    const labelsHash = await hashFile(trainCsv);
    const train = await this.#readSet('train', labels, labels?.ids ?? [], labelsHash);
    const test = await this.#readSet('test', undefined, listed, '');
    await this.#context.readers.close();
    if (train.images.ids.length + test.images.ids.length === 0) throw nothingToRead(this.#files);
    this.#record.setData(`${train.source}-${test.source}`);
    return { train, test };
  }

  /** @param listed slices of the set in a CSV; undefined where there is none */
  async #readSet(
    name: SetName,
    labels: LabelSet | undefined,
    listed: readonly string[] | undefined,
    labelsHash: string,
  ): Promise<SlicesRead> {
    const { trainImages, testImages } = this.#files.input;
    const imageFolder = name === 'train' ? trainImages : testImages;
    const images = await findImages(imageFolder, listed, name === 'train', labels?.incomplete);
    this.#drop(images.leftOut);
    const fingerprint = await fingerprintFolder(imageFolder);
    const source = sourceKey({ ids: images.ids, images: fingerprint.strict, labels: labelsHash });
    const result = await readSet({
      ...this.#options,
      ...this.#context,
      name,
      images,
      imageFolder,
      workFolder: join(this.#workFolder, name),
      output: this.#staging.newPath(`${name}_raw.arrow`),
      earlier: this.#files.preprocessed(`${name}_raw`),
      source,
      labels,
      record: this.#record,
    });
    if (result.kept) this.#staging.keep(`${name}_raw`);
    this.#drop(result.unreadable);
    const generation = { files: fingerprint.files, look: fingerprint.look, content: result.content };
    return { ...result, name, images, source, generation };
  }

  async #build(
    labels: LabelSet | undefined,
  ): Promise<{ readonly training: TrainingSet; readonly testing: Dataset }> {
    const { folds, seed, minBrainRange, keepTestSlices } = this.#options;
    const path = (name: PreprocessedName) => this.#staging.path(name);
    const training = await this.#record.time('training tables', () =>
      buildTraining(path, labels, { minBrainRange }, { folds, seed }),
    );
    const testing = await this.#record.time('test tables', () =>
      buildTest(path, { minBrainRange: keepTestSlices ? -Infinity : minBrainRange }),
    );
    this.#drop([...training.dropped, ...testing.dropped]);
    return { training, testing };
  }

  #drop(slices: readonly { readonly id: string; readonly reason: string }[]): void {
    for (const { id, reason } of slices) this.#record.drop(id, reason);
  }

  #recordResults(outcomes: readonly SetOutcome[], training: TrainingSet, labels: LabelSet | undefined): void {
    for (const outcome of outcomes)
      this.#record.result(outcome.name, {
        ...countSet(outcome),
        leftOut: Object.fromEntries(reasons(outcome)),
        // Listed separately: otherwise the CSV's missing files could fill the list of left-out files.
        unreadable: outcome.unreadable.slice(0, NAMED_UNREADABLE),
      });
    this.#record.result('labelsPerFold', labelsPerFold(training, this.#options.folds));
    if (labels !== undefined)
      this.#record.result('labelCsv', {
        counts: Object.fromEntries(labels.problems.counts),
        first: labels.problems.first,
      });
  }

  /** Writes down what belongs together, moves the new tables to their place and removes the work folder. */
  async #commit(images: Generation['images']): Promise<void> {
    const staging = this.#staging;
    await this.#record.time('record tables', () => recordTables(staging, images));
    await this.#record.write(staging.newPath(MANIFEST));
    const moved = ALL_TABLES.filter((name) => staging.path(name) !== this.#files.preprocessed(name));
    await staging.commit([...moved.map((name) => `${name}.arrow`), MANIFEST, GENERATION]);
    await rm(this.#workFolder, { recursive: true, force: true });
  }
}

/** A folder of test studies alone can be preprocessed without labels; training images cannot. */
async function readLabels(files: Layout): Promise<LabelSet | undefined> {
  if (!(await isThere(files.input.trainCsv)) && !(await isThere(files.input.trainImages))) return undefined;
  return readLabelCsv(files.input.trainCsv);
}

export function nothingToRead(files: Layout): IchorError {
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
