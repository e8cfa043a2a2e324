import { readManifest, type Manifest } from '@ichor/cli';
import { readFoldRecord, readJsonFile } from '@ichor/experiment';
import { lastSteps, paceOf, type Pace } from '@ichor/experiment/pace';
import { IchorError, isThere, lockHolder, type LockHolder } from '@ichor/files';
import type { Layout } from '@ichor/tables';
import { baseModelFiles, bestEpoch, isFinished, readHistory, type History } from '@ichor/training';
import { z } from 'zod';

/**
 * `stopped`: by Ctrl-C; `interrupted`: it ended without a record (killed, a crash of the machine). Both resume. `trained`: all
 * epochs, without predictions. `damaged`: a file of the fold cannot be understood.
 */
export type FoldState =
  'not begun' | 'running' | 'stopped' | 'interrupted' | 'failed' | 'damaged' | 'trained' | 'predicted';

/** Out of fold; null where the fold has one class only. */
export interface Figures {
  readonly weightedLogLoss: number;
  readonly macroAuc: number | null;
  /** From 1; of base models. */
  readonly epoch?: number;
}

export interface FoldStatus {
  readonly fold: number;
  readonly state: FoldState;
  /** All epochs are trained; of a stacker: it has predicted too. Also true while the fold runs, or where its prediction failed. */
  readonly trained: boolean;
  readonly best?: Figures;
  /** Of a training that is not at its end. */
  readonly pace?: Pace;
  /** Of a fold that runs. */
  readonly holder?: LockHolder;
  /** Where the reason of a failure is, or what is damaged. */
  readonly see?: string;
}

/** `unknown`: no app of the workspace has this name. */
export type ModelKind = 'base-model' | 'stacker' | 'unknown';

/** A model or a named run of one. */
export interface StatusModel {
  readonly name: string;
  readonly kind: ModelKind;
}

/** The state of one fold of a model or stacker. Takes no lock and changes nothing. */
export async function foldStatus(paths: Layout, model: StatusModel, fold: number): Promise<FoldStatus> {
  try {
    return await readFold(paths, model, fold);
  } catch (error) {
    // One damaged file must not hide the state of all other folds.
    if (!(error instanceof IchorError)) throw error;
    return { fold, state: 'damaged', trained: false, see: error.message };
  }
}

async function readFold(paths: Layout, { name, kind }: StatusModel, fold: number): Promise<FoldStatus> {
  const files = baseModelFiles(paths, name, fold);
  const holder = await lockHolder(files.folder, `fold${fold}`);
  const train = await manifestAt(files.trainManifest);
  const predict = await manifestAt(files.predictManifest);
  const record = await readFoldRecord(files.record);
  const isStacker = kind === 'stacker' || (kind === 'unknown' && (await stackerLeft(files.history)));
  const history = isStacker ? undefined : await readHistory(files.history);
  const predicted = record !== undefined && (await isThere(files.valid));
  const best = history === undefined ? figuresOf(train) : bestOf(history);
  const trained = isStacker ? predicted : history !== undefined && isComplete(files.history, history);
  const pace =
    trained || isStacker ? undefined : paceOf(await lastSteps(files.metrics), history?.epochs ?? []);
  const begun = history !== undefined || pace !== undefined || train !== undefined;
  const facts = {
    fold,
    trained,
    ...(best === undefined ? {} : { best }),
    ...(pace === undefined ? {} : { pace }),
  };
  if (holder !== undefined) return { ...facts, state: 'running', holder };
  if (predicted) return { ...facts, state: 'predicted' };
  if (trained) {
    return predict?.status === 'failed'
      ? { ...facts, state: 'failed', see: files.predictLog }
      : { ...facts, state: 'trained' };
  }
  if (train?.status === 'failed') return { ...facts, state: 'failed', see: files.trainLog };
  if (train?.status === 'stopped') return { ...facts, state: 'stopped' };
  return { ...facts, state: begun ? 'interrupted' : 'not begun' };
}

async function manifestAt(path: string): Promise<Manifest | undefined> {
  return (await isThere(path)) ? readManifest(path) : undefined;
}

/** Whether a stacker wrote the history: the form tells where no app does. */
async function stackerLeft(path: string): Promise<boolean> {
  const found = await readJsonFile(path, z.object({ format: z.string() }), 'history of a training');
  return found?.format === 'ichor-stacker-1';
}

const lengthSchema = z.object({ epochs: z.number(), patience: z.number().optional() });

/** @throws IchorError when the settings of the history do not state how long the training is */
function isComplete(file: string, { identity, epochs }: History): boolean {
  const length = lengthSchema.safeParse(identity.settings);
  if (length.success) return isFinished(epochs, length.data);
  throw new IchorError({
    code: 'ichor/history',
    file,
    reason: 'its settings do not state the number of epochs',
    remedy: 'restore a copy, or restart this fold with --fresh',
  });
}

function bestOf(history: History): Figures | undefined {
  const best = bestEpoch(history);
  if (best === undefined) return undefined;
  const { weightedLogLoss, macroAuc } = best.scores;
  return { weightedLogLoss, macroAuc, epoch: best.epoch + 1 };
}

const scoresSchema = z.object({ weightedLogLoss: z.number(), macroAuc: z.number().nullable() });

/** Of a stacker. */
function figuresOf(train: Manifest | undefined): Figures | undefined {
  const scores = scoresSchema.safeParse(train?.results['scores']);
  return scores.success ? scores.data : undefined;
}
