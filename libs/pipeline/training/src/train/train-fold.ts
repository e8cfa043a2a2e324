import { RunningMean } from '@ichor/experiment';
import { type BaseModel, inputRecipe, modelNetwork, sampleSize, trainingLoss } from '@ichor/base-model';
import { acquireLock, isThereSync } from '@ichor/files';
import type { Network, StateDict } from '@ichor/nn';
import type { Engine, TrainingSession, TrainingState } from '@ichor/runtime';
import { layout, rootFolder, type Layout } from '@ichor/tables';
import { rm } from 'node:fs/promises';
import { epochOrder, stepsPerEpoch, validationRows } from '../data/epoch-order.js';
import { readTrainingData, runData, type TrainingData } from '../data/fold-data.js';
import { checkImages } from '../data/images.js';
import { baseModelFiles, removeTraining, removeUnfinished, type BaseModelFiles } from '../files.js';
import { threadCache, type CacheChoice } from '../input/cache-choice.js';
import { createPool, type SamplePool } from '../input/pool.js';
import {
  readCheckpoint,
  writeCheckpoint,
  writeSnapshot,
  type Position,
  type TensorWriter,
} from './checkpoint.js';
import type { TrainingEvents } from './events.js';
import {
  isFinished,
  readHistory,
  withRemovedWeights,
  writeHistory,
  type EpochRecord,
  type History,
} from './history.js';
import { initialWeights } from './initial-weights.js';
import { measureStatistics } from './measure-statistics.js';
import { TrainingError } from '../error.js';
import { checkIdentity, expectedRun, type ExpectedRun, type RunIdentity } from './run-state.js';
import { trainEpoch } from './train-epoch.js';
import { validate } from './validate.js';
import type { WorstSlice } from './worst-slices.js';

export interface TrainFoldOptions {
  readonly model: BaseModel;
  readonly fold: number;
  readonly engine: Engine;
  /** Folder that holds input/ and intermediate_output/. Default: `rootFolder()`. */
  readonly root?: string;
  /** Default: the model's backbone. Its input is `image`, its outputs `logits` and `features`. */
  readonly network?: Network;
  /** Threads that make network input; 0: only the caller's. Default 1. The results do not depend on it. */
  readonly workers?: number;
  /** Whether decoded slices are kept. Default off. The results do not depend on it. */
  readonly cache?: CacheChoice;
  /** Batches in memory at once. Default 3. */
  readonly prefetch?: number;
  /** Minutes between checkpoints inside an epoch. Default 10. */
  readonly checkpointMinutes?: number;
  /** Drop what an earlier run of this fold left. */
  readonly fresh?: boolean;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly events?: TrainingEvents;
  /** For tests of full disks. */
  readonly writeTensors?: TensorWriter;
}

export interface TrainFoldResult {
  /** `nothing-to-do`: an earlier run had trained all epochs. */
  readonly status: 'complete' | 'stopped' | 'nothing-to-do';
  readonly history: History;
}

/** Where training begins or resumes. */
interface Start {
  readonly history: History;
  readonly position: Position;
  /** Parameters alone at the very beginning. */
  readonly state: TrainingState | Pick<TrainingState, 'parameters'>;
  readonly mean?: StateDict | undefined;
}

/** What trains. */
interface RunningFold {
  readonly session: TrainingSession;
  readonly pool: SamplePool;
  readonly identity: RunIdentity;
  /** Undefined where the weights themselves predict. */
  readonly averaged: RunningMean | undefined;
}

interface TrainedEpoch {
  readonly record: EpochRecord;
  readonly worst: readonly WorstSlice[];
}

type EarlierRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'complete'; readonly history: History }
  | ({ readonly kind: 'begun' } & Start);

/**
 * Trains one fold, or resumes where an earlier run stopped; the result is the same.
 *
 * @throws TrainingError, and errors of tables, weights, engines and locks; nothing that was complete is lost
 */
export async function trainFold(options: TrainFoldOptions): Promise<TrainFoldResult> {
  const paths = layout(options.root ?? rootFolder());
  const files = baseModelFiles(paths, options.model.name, options.fold);
  const lock = await acquireLock(files.folder, { purpose: `fold${options.fold}` });
  try {
    await removeUnfinished(files);
    const data = await readTrainingData(paths, options.model, options.fold);
    await checkImages(paths.input.trainImages, [data.train, data.valid]);
    if (options.fresh === true) await removeTraining(files);
    return await new FoldTraining(options, files, paths, data).run();
  } finally {
    await lock.release();
  }
}

class FoldTraining {
  readonly #options: TrainFoldOptions;
  readonly #model: BaseModel;
  readonly #files: BaseModelFiles;
  readonly #paths: Layout;
  readonly #data: TrainingData;
  readonly #events: TrainingEvents;

  constructor(options: TrainFoldOptions, files: BaseModelFiles, paths: Layout, data: TrainingData) {
    this.#options = options;
    this.#model = options.model;
    this.#files = files;
    this.#paths = paths;
    this.#data = data;
    this.#events = options.events ?? {};
  }

  async run(): Promise<TrainFoldResult> {
    const model = this.#model;
    const network = this.#options.network ?? modelNetwork(model);
    const expected = expectedRun(model, this.#options.fold, runData(this.#data));
    const earlier = await this.#findEarlierRun(expected);
    if (earlier.kind === 'complete') {
      await this.#discardCheckpoint();
      return { status: 'nothing-to-do', history: earlier.history };
    }
    if (model.epochs === 0) return await this.#keepGiven(network, expected);

    const start = earlier.kind === 'none' ? await this.#begin(network, expected) : earlier;
    const { history, position, state, mean } = start;
    const { workers = 1, cache = { kind: 'off' } } = this.#options;
    const kept = await threadCache(cache, workers, this.#paths);
    const session = await this.#options.engine.training(network, state.parameters, {
      loss: trainingLoss(model),
      optimizer: model.optimizer,
      seed: model.seed,
      ...(model.precision === undefined ? {} : { precision: model.precision }),
    });
    const pool = createPool(
      inputRecipe(model),
      workers,
      this.#options.prefetch ?? 3,
      model.batchSize * sampleSize(model),
      kept && { cache: kept, warn: (text) => this.#events.warning?.(text) },
    );
    try {
      if ('optimizer' in state && this.#needsState(position)) session.restore(state);
      const averaged = this.#average(position, mean);
      const running = { session, pool, identity: history.identity, averaged };
      return await this.#epochs(running, position, history.epochs);
    } finally {
      await pool.close();
      await session.dispose();
    }
  }

  /** Without training: the given weights become the fold's. @throws TrainingError `training/not-trained` */
  async #keepGiven(network: Network, expected: ExpectedRun): Promise<TrainFoldResult> {
    const given = await initialWeights(network, this.#model, this.#data.train, this.#options.signal);
    const [first] = given.made;
    if (first !== undefined) {
      throw new TrainingError({
        code: 'training/not-trained',
        reason: `${given.made.length} parameters of ${network.name} would be random (${first} ...), and 0 epochs train none`,
        remedy:
          'give the weights of a trained network of the same settings as "pretrained", or train with 1 epoch or more',
      });
    }
    this.#events.message?.(given.description);
    const identity = { ...expected, start: given.start };
    const snapshot = { parameters: given.state, identity, epoch: 0 };
    await writeSnapshot(this.#files.snapshot(0), snapshot, this.#options.writeTensors);
    await writeHistory(this.#files.history, { identity, epochs: [] });
    return { status: 'complete', history: { identity, epochs: [] } };
  }

  #average(position: Position, mean: StateDict | undefined): RunningMean | undefined {
    const { weightAveraging } = this.#model;
    if (weightAveraging === undefined) return undefined;
    const steps = position.epoch * this.#stepsPerEpoch() + position.step;
    return new RunningMean(weightAveraging, mean && { mean, steps });
  }

  async #begin(network: Network, expected: ExpectedRun): Promise<Start> {
    const initial = await initialWeights(network, this.#model, this.#data.train, this.#options.signal);
    await this.#events.resumed?.(0, 0, this.#stepsPerEpoch());
    this.#events.message?.(initial.description);
    return {
      history: { identity: { ...expected, start: initial.start }, epochs: [] },
      position: startOf(0),
      state: { parameters: initial.state },
    };
  }

  async #findEarlierRun(expected: ExpectedRun): Promise<EarlierRun> {
    const found = await readHistory(this.#files.history);
    if (found !== undefined) checkIdentity(this.#files.history, found.identity, expected);
    const done = found?.epochs ?? [];
    const isGiven = this.#model.epochs === 0;
    const hasWeights = isGiven
      ? isThereSync(this.#files.snapshot(0))
      : done.every(({ epoch, weights }) => weights === 'removed' || isThereSync(this.#files.snapshot(epoch)));
    if (found !== undefined && isFinished(done, this.#model) && hasWeights) {
      return { kind: 'complete', history: found };
    }
    const checkpoint = await readCheckpoint(this.#files.checkpoint);
    if (checkpoint === undefined || !hasWeights) {
      if (done.length > 0) {
        this.#events.warning?.('the checkpoint or the weights of finished epochs are gone: starting over');
      }
      return { kind: 'none' };
    }
    const { identity, position, state, mean } = checkpoint;
    checkIdentity(this.#files.checkpoint, identity, expected);
    // A checkpoint is written before its epoch is validated, so that it is never behind the history.
    const validated = done.some(({ epoch }) => epoch === position.epoch);
    const next = validated ? startOf(position.epoch + 1) : position;
    await this.#events.resumed?.(next.epoch, next.step, this.#stepsPerEpoch());
    this.#events.message?.(`going on at epoch ${next.epoch + 1}, step ${next.step}`);
    const epochs = done.filter(({ epoch }) => epoch < next.epoch);
    return { kind: 'begun', history: { identity, epochs }, position: next, state, mean };
  }

  async #epochs(
    running: RunningFold,
    start: Position,
    before: readonly EpochRecord[],
  ): Promise<TrainFoldResult> {
    const { identity } = running;
    const { signal } = this.#options;
    let epochs = before;
    const result = (status: 'complete' | 'stopped'): TrainFoldResult => ({
      status,
      history: { identity, epochs },
    });
    let position = start;
    while (!isFinished(epochs, this.#model)) {
      const trained = await this.#epoch(running, position);
      if (trained === undefined) return result('stopped');
      const { record, worst } = trained;
      epochs = withRemovedWeights([...epochs, record], this.#model);
      await writeHistory(this.#files.history, { identity, epochs });
      await this.#removeWeights(epochs);
      await this.#events.epoch?.(record, worst);
      position = startOf(position.epoch + 1);
      if (signal?.aborted === true && !isFinished(epochs, this.#model)) return result('stopped');
    }
    if (epochs.length < this.#model.epochs) {
      this.#events.message?.(
        `stopped early: no lower validation loss in ${this.#model.patience ?? 0} epochs (patience)`,
      );
    }
    await this.#discardCheckpoint();
    return result('complete');
  }

  /** Trains from a position to the end of its epoch, and validates; undefined when the signal stopped it. */
  async #epoch(running: RunningFold, start: Position): Promise<TrainedEpoch | undefined> {
    const { session, pool, averaged } = running;
    const began = performance.now();
    const { epoch } = start;
    const shared = {
      model: this.#model,
      folder: this.#paths.input.trainImages,
      pool,
      events: this.#events,
      signal: this.#options.signal,
    };
    const save = (at: Position) => this.#save(running, at);
    const timedSave = this.#timedSave(save);
    const afterStep = (at: Position) => {
      averaged?.add(session.parameters());
      return timedSave(at);
    };
    const progress = await trainEpoch({ ...shared, set: this.#data.train, session, afterStep }, start);
    const { position } = progress;
    // A run that starts at the end of an epoch finds its checkpoint there.
    if (position.step > start.step) await save(position);
    if (!progress.complete) return undefined;
    // What is validated replaces the weights until the next epoch continues with them.
    const measures = this.#measuresAfter(epoch);
    const trained =
      averaged?.mean || (measures && this.#model.patience !== undefined) ? session.save() : undefined;
    if (trained && averaged?.mean) session.restore({ ...trained, parameters: averaged.mean });
    if (measures) {
      await measureStatistics(session, { ...shared, set: this.#data.train }, epoch);
    }
    const snapshot = { parameters: session.parameters(), identity: running.identity, epoch };
    await writeSnapshot(this.#files.snapshot(epoch), snapshot, this.#options.writeTensors);
    this.#events.phase?.('validate', epoch, validationRows(this.#data.valid, this.#model).length, 0);
    const validation = await validate((inputs) => session.predict(inputs), {
      ...shared,
      set: this.#data.valid,
    });
    if (validation === undefined) return undefined;
    if (trained) session.restore(trained);
    const record = {
      epoch,
      steps: progress.steps,
      trainingLoss: position.samples === 0 ? 0 : position.lossSum / position.samples,
      validationLoss: validation.loss,
      scores: {
        ...validation.scores,
        logLoss: [...validation.scores.logLoss],
        auc: [...validation.scores.auc],
      },
      unreadable: [...position.unreadable, ...validation.unreadable],
      seconds: (performance.now() - began) / 1000,
      waitShare: progress.took > 0 ? progress.waited / progress.took : 0,
    };
    return { record, worst: validation.worst };
  }

  #measuresAfter(epoch: number): boolean {
    const { batchNormStatistics, epochs, patience } = this.#model;
    return batchNormStatistics === 'measured' && (epoch === epochs - 1 || patience !== undefined);
  }

  /** Files are removed after the history is written: a crash can leave superfluous files, but no file is missing without a record. */
  async #removeWeights(epochs: readonly EpochRecord[]): Promise<void> {
    for (const { epoch, weights } of epochs) {
      if (weights === 'removed') await rm(this.#files.snapshot(epoch), { force: true });
    }
  }

  /** The checkpoint is no longer needed: the weights and the history hold its information. */
  async #discardCheckpoint(): Promise<void> {
    await rm(this.#files.checkpoint, { force: true });
  }

  #timedSave(save: (position: Position) => Promise<void>): (position: Position) => Promise<void> {
    const interval = (this.#options.checkpointMinutes ?? 10) * 60_000;
    const steps = this.#stepsPerEpoch();
    let last = performance.now();
    return async (position) => {
      // The last step of an epoch is saved in any case.
      if (performance.now() - last < interval || position.step === steps) return;
      await save(position);
      last = performance.now();
    };
  }

  #stepsPerEpoch(): number {
    const { length } = epochOrder(this.#data.train, this.#model, 0);
    return stepsPerEpoch(length, this.#model.batchSize);
  }

  /** After the last step of the last epoch, whose validation may be missing. */
  #isTrained({ epoch, step }: Position): boolean {
    return epoch >= this.#model.epochs || (epoch === this.#model.epochs - 1 && step >= this.#stepsPerEpoch());
  }

  /** Measuring statistics draws masks by the number of steps, as a step does; validation needs the weights alone. */
  #needsState(position: Position): boolean {
    return !this.#isTrained(position) || this.#measuresAfter(position.epoch);
  }

  async #save({ session, identity, averaged }: RunningFold, position: Position): Promise<void> {
    const state = session.save();
    // Where only the weights are needed, they are a third of the file.
    const optimizer: TrainingState['optimizer'] = this.#needsState(position) ? state.optimizer : new Map();
    const mean = averaged?.mean;
    const checkpoint = { identity, position, state: { ...state, optimizer }, ...(mean ? { mean } : {}) };
    await writeCheckpoint(this.#files.checkpoint, checkpoint, this.#options.writeTensors);
    this.#events.checkpoint?.(position.epoch, position.step);
  }
}

function startOf(epoch: number): Position {
  return { epoch, step: 0, lossSum: 0, samples: 0, unreadable: [] };
}
