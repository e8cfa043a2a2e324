import {
  type BaseModel,
  inputRecipe,
  modelNetwork,
  sampleSize,
  testTimePasses,
  type Variant,
} from '@ichor/base-model';
import { hashOf, type RunEvents, writeFoldRecord } from '@ichor/experiment';
import { acquireLock, isThereSync, present } from '@ichor/files';
import type { Network } from '@ichor/nn';
import { scorePredictions, type Scores } from '@ichor/predictions';
import type { Engine } from '@ichor/runtime';
import {
  layout,
  LABELS,
  predictionsTable,
  readBatches,
  rootFolder,
  type Layout,
  type PredictionKind,
  TableError,
} from '@ichor/tables';
import { dataFingerprint, readTestData, readTrainingData, runData } from '../data/fold-data.js';
import { checkImages, imagesFingerprint } from '../data/images.js';
import { labelColumnsOf } from '../data/label-columns.js';
import type { SliceSet } from '../data/slice-set.js';
import { EIGHT_BIT_PASSES, eightBitRows, measureEightBit, mustHaveEightBits } from '../eight-bit/measure.js';
import { readEightBitRecord, writeEightBitRecord, type EightBitComparison } from '../eight-bit/record.js';
import { TrainingError } from '../error.js';
import { baseModelFiles, removeUnfinished } from '../files.js';
import { threadCache, type CacheChoice } from '../input/cache-choice.js';
import type { ThreadCache } from '../input/plane-cache.js';
import { loadBatches, type Unreadable } from '../input/batches.js';
import { createPool } from '../input/pool.js';
import { evaluateBatch } from '../train/evaluate.js';
import { expectedRun } from '../train/run-state.js';
import { PredictionWriter } from './prediction-writer.js';
import { chooseSnapshot, readWeights, type ChosenSnapshot } from './snapshot.js';

export interface PredictFoldOptions {
  readonly model: BaseModel;
  readonly fold: number;
  readonly engine: Engine;
  /** Default: both. */
  readonly sets?: readonly PredictionKind[];
  readonly root?: string;
  readonly network?: Network;
  readonly workers?: number;
  /** Whether decoded slices are kept. Default off. The results do not depend on it. */
  readonly cache?: CacheChoice;
  readonly prefetch?: number;
  /** Measure what 8 bits would cost the predictions of the validation fold too, for a bundle that computes in them. */
  readonly eightBit?: boolean;
  /** Predict again what is there. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  readonly events?: PredictionEvents;
}

/** The events of prediction, to show or record them. */
export interface PredictionEvents extends RunEvents {
  begin?(set: PredictionKind | 'in 8 bits', slices: number): void;
  predicted?(slices: number): void;
  unreadable?(slice: Unreadable): void;
}

export interface SetPrediction {
  readonly set: PredictionKind;
  /** `nothing-to-do`: the same weights had predicted the same slices. */
  readonly status: 'complete' | 'stopped' | 'nothing-to-do';
  readonly epoch: number;
  /** Of the mean over the passes, where the truth is known; undefined unless `complete`. */
  readonly scores: Scores | undefined;
  /** What 8 bits cost, where that was asked for. */
  readonly eightBit?: EightBitComparison;
}

/**
 * Predicts the validation fold and the test set with the trained weights of a fold: sigmoid outputs of every
 * test-time pass, and the mean feature vectors where the model keeps them.
 *
 * @throws TrainingError, and errors of tables, weights, engines and locks; predictions that are there stay until new
 * ones are complete
 */
export async function predictFold(options: PredictFoldOptions): Promise<SetPrediction[]> {
  const { model, fold, sets = ['valid', 'test'] } = options;
  const paths = layout(options.root ?? rootFolder());
  const files = baseModelFiles(paths, model.name, fold);
  if (options.eightBit === true) mustHaveEightBits(options.engine);
  const lock = await acquireLock(files.folder, { purpose: `fold${fold}` });
  try {
    await removeUnfinished(files);
    const training = await readTrainingData(paths, model, fold);
    const expected = expectedRun(model, fold, runData(training));
    const snapshot = await chooseSnapshot(files, model, expected);
    const results: SetPrediction[] = [];
    for (const set of sets) {
      const slices = set === 'valid' ? training.valid : await readTestData(paths, model);
      const images = set === 'valid' ? training.images : await imagesFingerprint(paths, 'test');
      const predictor = new SetPredictor(options, { paths, snapshot, set, slices, images });
      const result = await predictor.run();
      results.push(result);
      if (result.status === 'stopped') break;
      if (set === 'valid') {
        await writeFoldRecord(files.record, {
          kind: 'base-model',
          name: model.name,
          fold,
          settings: model,
          parts: { weights: snapshot.path },
          epoch: snapshot.epoch,
          data: expected.data,
          predictions: predictor.origin,
        });
        if (options.eightBit === true) {
          const compared = await predictor.measureEightBit(files.eightBit);
          if (compared === undefined) return [...results.slice(0, -1), { ...result, status: 'stopped' }];
          results.splice(-1, 1, { ...result, eightBit: compared });
        }
      }
    }
    return results;
  } finally {
    await lock.release();
  }
}

/** What a set of slices is predicted from. */
interface PredictedSet {
  readonly paths: Layout;
  readonly snapshot: ChosenSnapshot;
  readonly set: PredictionKind;
  readonly slices: SliceSet;
  /** Fingerprint of what the images hold. */
  readonly images: string;
}

class SetPredictor {
  readonly #options: PredictFoldOptions;
  readonly #paths: Layout;
  readonly #snapshot: ChosenSnapshot;
  readonly #set: PredictionKind;
  readonly #slices: SliceSet;
  /** Note in the file of what the predictions were made from. */
  readonly origin: string;

  constructor(options: PredictFoldOptions, { paths, snapshot, set, slices, images }: PredictedSet) {
    const { testTime, features, augmentation } = options.model;
    this.#options = options;
    this.#paths = paths;
    this.#snapshot = snapshot;
    this.#set = set;
    this.#slices = slices;
    this.origin = hashOf([snapshot.hash, dataFingerprint(slices), images, testTime, features, augmentation]);
  }

  async run(): Promise<SetPrediction> {
    const { model, fold, events } = this.#options;
    const predictions = this.#paths.predictions(model.name, fold, this.#set);
    const features = model.features ? this.#paths.features(model.name, fold, this.#set) : undefined;
    const base = { set: this.#set, epoch: this.#snapshot.epoch };
    const there = isThereSync(predictions) && (features === undefined || isThereSync(features));
    if (there && this.#options.fresh !== true && (await originOf(predictions)) === this.origin) {
      return { ...base, status: 'nothing-to-do', scores: undefined };
    }
    const folder = this.#set === 'test' ? this.#paths.input.testImages : this.#paths.input.trainImages;
    await checkImages(folder, [this.#slices]);
    events?.begin?.(this.#set, this.#slices.ids.length);
    const passes = testTimePasses(model);
    const writer = await PredictionWriter.open(passes, predictions, features, {
      'ichor.model': model.name,
      'ichor.fold': String(fold),
      'ichor.epoch': String(this.#snapshot.epoch),
      'ichor.origin': this.origin,
    });
    try {
      const scores = await this.#predict(writer, folder, passes);
      if (scores === 'stopped') {
        await writer.abort();
        return { ...base, status: 'stopped', scores: undefined };
      }
      await writer.close();
      return { ...base, status: 'complete', scores };
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  /**
   * Writes the record of the fold in 8 bits, unless there is one of these predictions.
   *
   * @returns undefined when the signal stopped it
   */
  async measureEightBit(path: string): Promise<EightBitComparison | undefined> {
    const { model, engine, network = modelNetwork(model), workers = 1, prefetch = 3 } = this.#options;
    const { events, signal, cache = { kind: 'off' }, fresh } = this.#options;
    const found = fresh === true ? undefined : await readEightBitRecord(path);
    if (found?.predictions === this.origin) return found.compared;
    const set = this.#slices;
    const { gathered, compared } = eightBitRows(set.ids.length);
    events?.begin?.('in 8 bits', EIGHT_BIT_PASSES * gathered.length + compared.length);
    const kept = await threadCache(cache, workers, this.#paths);
    const pool = createPool(
      inputRecipe(model),
      workers,
      prefetch,
      model.batchSize * sampleSize(model),
      kept && { cache: kept, warn: (text) => events?.warning?.(text) },
    );
    try {
      const measured = await measureEightBit({
        model,
        network,
        engine,
        state: await readWeights(this.#snapshot.path),
        set,
        folder: this.#paths.input.trainImages,
        pool,
        batchSize: model.batchSize,
        onSlices: (count) => events?.predicted?.(count),
        onUnreadable: (slice) => events?.unreadable?.(slice),
        signal,
      });
      if (measured === undefined) return undefined;
      await writeEightBitRecord(path, { ...measured, predictions: this.origin });
      return measured.compared;
    } finally {
      await pool.close();
    }
  }

  async #predict(
    writer: PredictionWriter,
    folder: string,
    passes: number,
  ): Promise<Scores | undefined | 'stopped'> {
    const { model, engine, network = modelNetwork(model), events, signal } = this.#options;
    const { workers = 1, cache = { kind: 'off' } } = this.#options;
    const slices = this.#slices;
    const kept = await threadCache(cache, workers, this.#paths);
    const session = await engine.inference(network, await readWeights(this.#snapshot.path), {
      outputs: model.features ? ['logits', 'features'] : ['logits'],
    });
    const { pool, batches } = this.#batches(folder, passes, kept);
    const means = new Float32Array(slices.ids.length * LABELS.length);
    const predicted: number[] = [];
    try {
      for await (const batch of batches) {
        if (signal?.aborted === true) return 'stopped';
        for (const slice of batch.unreadable) events?.unreadable?.(slice);
        if (batch.rows.length > 0) {
          const evaluated = await evaluateBatch((inputs) => session.run(inputs), model, batch, slices.ids);
          const targets = rowsOf(slices.hardTargets, batch.rows);
          await writer.append({
            ids: batch.rows.map((row) => present(slices.ids[row])),
            targets,
            ...evaluated,
          });
          addMeans(means, predicted.length, evaluated.probabilities, passes);
          predicted.push(...batch.rows);
        }
        events?.predicted?.(batch.rows.length + batch.unreadable.length);
      }
    } finally {
      await pool.close();
      await session.dispose();
    }
    return this.#score(predicted, means);
  }

  /** All slices in their order; all passes of a slice are made from one reading of its file. */
  #batches(folder: string, passes: number, cache: ThreadCache | undefined) {
    const { model, workers = 1, prefetch = 3, events } = this.#options;
    const { ids } = this.#slices;
    const size = Math.max(1, Math.floor(model.batchSize / passes));
    const pool = createPool(
      inputRecipe(model),
      workers,
      prefetch,
      size * passes * sampleSize(model),
      cache && { cache, warn: (text) => events?.warning?.(text) },
    );
    const batches = loadBatches(pool, {
      set: this.#slices,
      folder,
      order: Int32Array.from({ length: ids.length }, (_, row) => row),
      size,
      first: 0,
      end: Math.ceil(ids.length / size),
      variants: Array.from({ length: passes }, (_, pass): Variant => ({ kind: 'evaluate', pass })),
      sampleSize: sampleSize(model),
    });
    return { pool, batches };
  }

  /**
   * @param predicted rows of the slices, @param means of their passes, one row after the other
   * @returns undefined for the test set, whose targets are not known
   * @throws TrainingError `training/no-slices`
   */
  #score(predicted: readonly number[], means: Float32Array): Scores | undefined {
    const { ids, hardTargets } = this.#slices;
    if (predicted.length === 0) {
      throw new TrainingError({
        code: 'training/no-slices',
        reason: `none of the ${ids.length} slices of the ${this.#set} set can be read`,
        remedy: 'run preprocess again',
      });
    }
    if (this.#set === 'test') return undefined;
    return scorePredictions(
      labelColumnsOf(rowsOf(hardTargets, predicted)),
      labelColumnsOf(means.subarray(0, predicted.length * LABELS.length)),
    );
  }
}

function rowsOf(values: Float32Array, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * LABELS.length);
  rows.forEach((row, place) =>
    picked.set(values.subarray(row * LABELS.length, (row + 1) * LABELS.length), place * LABELS.length),
  );
  return picked;
}

/** @param probabilities slices x passes x labels, of the slices from `first` on */
function addMeans(means: Float32Array, first: number, probabilities: Float32Array, passes: number): void {
  const labels = LABELS.length;
  for (let i = 0; i < probabilities.length; i++) {
    const slice = first + Math.floor(i / (passes * labels));
    const at = slice * labels + (i % labels);
    means[at] = means[at]! + probabilities[i]! / passes;
  }
}

/** What the predictions at a path were made from; undefined when they cannot be read. */
async function originOf(path: string): Promise<string | undefined> {
  try {
    for await (const { metadata } of readBatches(path, predictionsTable, { columns: ['pass'] })) {
      return metadata.get('ichor.origin');
    }
  } catch (error) {
    // A damaged file, or one of an older version, is made again. A file without read permission is not
    // replaced.
    if (!(error instanceof TableError) || error.code === 'tables/not-readable') throw error;
  }
  return undefined;
}
