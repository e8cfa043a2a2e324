import { rm } from 'node:fs/promises';
import { removeFoldRecord, writeFoldRecord } from '@ichor/experiment';
import { acquireLock, isThereSync } from '@ichor/files';
import { createGbdtEngine, type GbdtEngine, type GbdtEngineName } from '@ichor/gbdt';
import { meanOfModels, scorePredictions } from '@ichor/predictions';
import { createEngine, type Engine, type EngineName, type EngineOptions } from '@ichor/runtime';
import {
  layout,
  readMetadata,
  predictionsTable,
  rootFolder,
  studyPredictionsTable,
  type Layout,
} from '@ichor/tables';
import type { Stacker } from '../config/schema.js';
import type { StackingEvents } from './events.js';
import { partFiles, stackerFiles, type StackerFiles } from './files.js';
import { Stopped, type FitContext, type Fitted } from './fit.js';
import { fitNetworks } from './fit-networks.js';
import { fitSequence } from '../sequence/fit-sequence.js';
import { fitTrees } from './fit-trees.js';
import { readFoldData, readTrainingData, type FoldData } from './fold-data.js';
import { readHistory, writeHistory } from './history.js';
import { foldIdentity } from './identity.js';
import { choosesByValidation, fitNested, type UsualFit } from './nested.js';
import { writePredictions, writeStudies } from './write-predictions.js';

export interface TrainStackerFoldOptions {
  readonly stacker: Stacker;
  readonly fold: number;
  /** All folds that there are. Default: 0 to 4. */
  readonly folds?: readonly number[];
  /** Folder that holds intermediate_output/. Default: `rootFolder()`. */
  readonly root?: string;
  /** Of networks. Default `auto`. */
  readonly engine?: EngineName | 'auto';
  readonly provider?: NonNullable<EngineOptions['provider']>;
  /** Of boosted trees. Default `auto`. */
  readonly gbdt?: GbdtEngineName | 'auto';
  readonly threads?: number;
  /** Also fit with every choice made on other folds, for the leaderboard. Default true. */
  readonly nested?: boolean;
  /** Drop what an earlier run of this fold left. */
  readonly fresh?: boolean;
  /** Stops after the current step or round; finished labels are kept. */
  readonly signal?: AbortSignal;
  readonly events?: StackingEvents;
}

/** How good the fold is, with probabilities clipped at 1e-5, compared with the plain mean of the inputs. */
export interface StackerScores {
  readonly logLoss: readonly number[];
  /** Null for a label that is always or never there. */
  readonly auc: readonly (number | null)[];
  readonly weightedLogLoss: number;
  readonly meanOfInputs: number;
}

export interface TrainStackerFoldResult {
  readonly status: 'complete' | 'stopped' | 'nothing-to-do';
  readonly scores?: StackerScores;
  /** The library that did it, and where. */
  readonly engine?: string;
  /** Results of each part: rounds or epochs, losses. */
  readonly parts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data?: Pick<FoldData, 'filled' | 'dropped'>;
}

/**
 * Fits one fold of a stacker on the out-of-fold predictions of the other folds, and writes its predictions for this
 * fold and for the test set. A stopped run resumes with the remaining labels.
 *
 * @throws StackingError, and errors of tables, engines and locks
 */
export async function trainStackerFold(options: TrainStackerFoldOptions): Promise<TrainStackerFoldResult> {
  const { stacker, fold } = options;
  const paths = layout(options.root ?? rootFolder());
  const files = stackerFiles(paths, stacker.name, fold);
  const lock = await acquireLock(files.folder, { purpose: `fold${fold}` });
  try {
    if (options.fresh === true)
      for (const path of [
        files.record,
        files.valid,
        files.test,
        files.validStudies,
        files.testStudies,
        files.nested,
        files.history,
      ])
        await rm(path, { force: true });
    return await new FoldRun(options, paths, files).run();
  } finally {
    await lock.release();
  }
}

class FoldRun {
  readonly #options: TrainStackerFoldOptions;
  readonly #paths: Layout;
  readonly #files: StackerFiles;
  #engine: string | undefined;
  #trees: GbdtEngine | undefined;
  #networks: Engine | undefined;

  constructor(options: TrainStackerFoldOptions, paths: Layout, files: StackerFiles) {
    this.#options = options;
    this.#paths = paths;
    this.#files = files;
  }

  async run(): Promise<TrainStackerFoldResult> {
    const { stacker, fold, folds = [0, 1, 2, 3, 4], events = {}, signal } = this.#options;
    const trees = stacker.kind === 'lgbm' ? (await this.#treeEngine()).name : undefined;
    const identity = await foldIdentity(this.#paths, stacker, fold, folds, trees ?? 'network');
    const history = await readHistory(this.#files.history, identity, events);
    const record = () =>
      writeFoldRecord(this.#files.record, {
        kind: 'stacker',
        name: stacker.name,
        fold,
        settings: stacker,
        parts: partFiles(stacker, this.#files, trees),
        data: identity,
        predictions: identity,
      });
    if (await this.#isDone(identity)) {
      await record();
      return { status: 'nothing-to-do', parts: history.parts };
    }
    // From here on the parts of an earlier fit are replaced, while its predictions still exist.
    await removeFoldRecord(this.#files.record);

    events.begin?.('reading predictions', undefined, 'files');
    const data = await readFoldData(this.#paths, stacker, fold, folds, () => events.advance?.(1));
    this.#tellGaps(data);
    const parts = { ...history.parts };
    const context: FitContext = {
      data,
      files: this.#files,
      events,
      signal,
      done: history.parts,
      finish: async (part, results) => {
        parts[part] = { ...results };
        await writeHistory(this.#files.history, { ...history, parts });
      },
      networkEngine: () => this.#networkEngine(),
      treeEngine: () => this.#treeEngine(),
      threads: this.#options.threads,
    };
    let fitted: Fitted;
    let nested: readonly Float32Array[] | undefined;
    try {
      fitted = await fit(stacker, context);
      nested = await this.#fitNested(context, parts, fitted);
    } catch (error) {
      if (error instanceof Stopped || signal?.aborted === true) return { status: 'stopped', parts };
      throw error;
    }
    await this.#write(data, fitted, nested, identity);
    await record();
    return {
      status: 'complete',
      parts,
      scores: scoresOf(data, fitted.valid),
      ...(this.#engine === undefined ? {} : { engine: this.#engine }),
      data,
    };
  }

  /** Writes what the fold predicts. */
  async #write(
    data: FoldData,
    fitted: Fitted,
    nested: readonly Float32Array[] | undefined,
    identity: string,
  ): Promise<void> {
    const { stacker, fold } = this.#options;
    const files = this.#files;
    const metadata = { 'ichor.model': stacker.name, 'ichor.fold': String(fold), 'ichor.identity': identity };
    if (fitted.studies !== undefined) {
      await writeStudies(files.testStudies, data.test, fitted.studies.test, metadata);
      await writeStudies(files.validStudies, data.valid, fitted.studies.valid, metadata);
    }
    await writePredictions(files.test, data.test, fitted.test, metadata);
    if (nested === undefined) await rm(files.nested, { force: true });
    else await writePredictions(files.nested, data.valid, nested, metadata);
    // The out-of-fold predictions last: where they are, the rest is too.
    await writePredictions(files.valid, data.valid, fitted.valid, metadata);
  }

  /** On the nested predictions of the inputs where they have any: they chose by the same labels. */
  async #fitNested(
    context: FitContext,
    parts: UsualFit['parts'],
    { valid }: Fitted,
  ): Promise<readonly Float32Array[] | undefined> {
    const { stacker, fold, folds = [0, 1, 2, 3, 4], nested = true } = this.#options;
    if (!nested || !choosesByValidation(stacker)) return undefined;
    const isNested = stacker.inputs.some((model) =>
      folds.some((other) => isThereSync(this.#paths.predictions(model, other, 'nested'))),
    );
    return isNested
      ? fitNested(
          stacker,
          fold,
          await readTrainingData(this.#paths, stacker, { fold, folds, set: 'nested' }),
          context,
        )
      : fitNested(stacker, fold, context.data, context, { parts, valid });
  }

  async #treeEngine(): Promise<GbdtEngine> {
    this.#trees ??= await createGbdtEngine(this.#options.gbdt ?? 'auto');
    this.#engine = this.#trees.description;
    return this.#trees;
  }

  async #networkEngine(): Promise<Engine> {
    const { engine = 'auto', provider, threads } = this.#options;
    this.#networks ??= await createEngine(engine, {
      ...(provider === undefined ? {} : { provider }),
      ...(threads === undefined ? {} : { threads }),
    });
    this.#engine = this.#networks.description;
    return this.#networks;
  }

  async #isDone(identity: string): Promise<boolean> {
    for (const path of [this.#files.valid, this.#files.test]) {
      if (!isThereSync(path)) return false;
      if ((await readMetadata(path, predictionsTable)).get('ichor.identity') !== identity) return false;
    }
    if (this.#options.stacker.kind !== 'sequence') return true;
    for (const path of [this.#files.validStudies, this.#files.testStudies]) {
      if (!isThereSync(path)) return false;
      if ((await readMetadata(path, studyPredictionsTable)).get('ichor.identity') !== identity) return false;
    }
    return true;
  }

  #tellGaps({ filled, dropped }: FoldData): void {
    const { events = {} } = this.#options;
    for (const set of ['valid', 'test'] as const) {
      const models = Object.entries(filled[set]).filter(([, count]) => count > 0);
      const text = models.map(([model, count]) => `${model} ${count}`).join(', ');
      if (models.length > 0)
        events.message?.(`${set}: slices that took the mean of the other models: ${text}`);
      if (dropped[set].length > 0)
        events.warning?.(`${set}: ${dropped[set].length} slices have no prediction at all`);
    }
  }
}

function fit(stacker: Stacker, context: FitContext): Promise<Fitted> {
  switch (stacker.kind) {
    case 'lgbm':
      return fitTrees(stacker, context);
    case 'sequence':
      return fitSequence(stacker, context);
    default:
      return fitNetworks(stacker, context);
  }
}

function scoresOf({ valid }: FoldData, probabilities: readonly Float32Array[]): StackerScores {
  const { logLoss, auc, weightedLogLoss } = scorePredictions(valid.targets, probabilities);
  // The plain mean of the models is what a stacker has to beat.
  const inputs = scorePredictions(valid.targets, meanOfModels(valid.predictions.columns));
  return { logLoss, auc, weightedLogLoss, meanOfInputs: inputs.weightedLogLoss };
}
