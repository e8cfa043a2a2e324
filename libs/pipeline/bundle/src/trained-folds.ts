import { baseModelSchema, type BaseModel } from '@ichor/base-model';
import { ExperimentError, foldFiles, readFoldRecord, type FoldRecord } from '@ichor/experiment';
import { isThere, listEntries, listFolder, taskCommand } from '@ichor/files';
import { stackerSchema, type Stacker } from '@ichor/stacking';
import {
  isNamedRun,
  predictionsTable,
  readMetadata,
  studyPredictionsTable,
  TableError,
  type Layout,
} from '@ichor/tables';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { BundleError } from './error.js';

/** A fold of a base model that was trained and has predicted its validation fold. */
export interface TrainedNetwork {
  readonly model: string;
  readonly fold: number;
  readonly epoch: number;
  readonly settings: BaseModel;
  /** Weights in safetensors. */
  readonly weights: string;
  /** Fingerprint of the slices and targets that it was trained on. */
  readonly data: string;
  /** Note of its out-of-fold predictions. */
  readonly predictions: string;
}

/** A fold of a stacker that is fitted. */
export interface FittedStacker {
  readonly settings: Stacker;
  readonly fold: number;
  /** Its files by part: a label, or `all`. */
  readonly parts: Readonly<Record<string, string>>;
}

/** A fold that left predictions but cannot be used. */
export interface SkippedFold {
  readonly name: string;
  readonly fold: number;
  readonly reason: string;
}

export interface TrainedFolds {
  /** By name and fold. */
  readonly networks: readonly TrainedNetwork[];
  /** By name and fold. */
  readonly stackers: readonly FittedStacker[];
  readonly skipped: readonly SkippedFold[];
}

/** The folds that a model has out-of-fold predictions of. */
const FOLD_FILE = /^fold(\d+)_valid\.arrow$/;

/**
 * Every fold below a root folder that has predicted its validation slices, by the record that its trainer wrote.
 *
 * @param names of models; default all that are there
 */
export async function readTrainedFolds(paths: Layout, names?: readonly string[]): Promise<TrainedFolds> {
  const networks: TrainedNetwork[] = [];
  const stackers: FittedStacker[] = [];
  const skipped: SkippedFold[] = [];
  for (const name of names ?? (await foldersOf(paths))) {
    for (const fold of await predictedFolds(paths, name)) {
      try {
        const record = await checkedRecord(paths, name, fold);
        if (record.kind === 'base-model') networks.push(networkOf(record));
        else stackers.push(await stackerOf(paths, record));
      } catch (error) {
        if (!(error instanceof Unusable || error instanceof ExperimentError || error instanceof TableError))
          throw error;
        skipped.push({ name, fold, reason: error.message });
      }
    }
  }
  return { networks, stackers, skipped };
}

/**
 * The trained networks below a root folder.
 *
 * @param models names of apps; default all that are there
 * @throws BundleError `bundle/nothing-trained` naming the model that is not there
 */
export async function trainedNetworks(
  paths: Layout,
  models?: readonly string[],
  folds?: readonly number[],
): Promise<readonly TrainedNetwork[]> {
  return chooseNetworks(paths, await readTrainedFolds(paths, models), models, folds);
}

/** Without named runs, except those that the caller names: an experiment must not get into a bundle unasked. */
export function withoutExperiments(
  { networks, stackers, skipped }: TrainedFolds,
  { models = [], final }: { readonly models?: readonly string[]; readonly final?: string },
): TrainedFolds {
  const ofFinal = final !== undefined && isNamedRun(final);
  const wanted = (name: string) => ofFinal || !isNamedRun(name);
  return {
    networks: networks.filter(({ model }) => wanted(model) || models.includes(model)),
    stackers: stackers.filter(({ settings }) => wanted(settings.name)),
    skipped: [
      ...skipped.filter(({ name }) => wanted(name) || models.includes(name)),
      ...networks
        .filter(({ model }) => !wanted(model) && !models.includes(model))
        .map(({ model, fold }) => ({
          name: model,
          fold,
          reason: `it is a named run: --models ${model} takes it`,
        })),
    ],
  };
}

/** Those of some models and folds. @throws BundleError `bundle/nothing-trained` */
export function chooseNetworks(
  paths: Layout,
  { networks, skipped }: TrainedFolds,
  models: readonly string[] | undefined,
  folds: readonly number[] | undefined,
): readonly TrainedNetwork[] {
  const chosen = networks.filter(
    ({ model, fold }) => (models?.includes(model) ?? true) && (folds?.includes(fold) ?? true),
  );
  const missing = models?.find((model) => !chosen.some((network) => network.model === model));
  if (missing === undefined && chosen.length > 0) {
    return models === undefined
      ? chosen
      : models.flatMap((model) => chosen.filter((network) => network.model === model));
  }
  const why = skipped.filter(({ name }) => missing === undefined || name === missing);
  throw new BundleError({
    code: 'bundle/nothing-trained',
    file: missing === undefined ? dirname(paths.preprocessedFolder) : paths.model(missing),
    reason: [
      `has no trained network of ${missing ?? 'any model'} with out-of-fold predictions`,
      ...why.map(({ name, fold, reason }) => `${name} fold ${fold}: ${reason}`),
    ].join('; '),
    remedy: `train one and predict with it: ${taskCommand({ project: missing ?? 'model-base', target: 'predict' })}`,
  });
}

/** Why a fold cannot be used. */
class Unusable extends Error {}

async function foldersOf(paths: Layout): Promise<string[]> {
  const entries = (await listEntries(dirname(paths.preprocessedFolder))) ?? [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function predictedFolds(paths: Layout, name: string): Promise<number[]> {
  return ((await listFolder(paths.model(name))) ?? [])
    .map((file) => Number(FOLD_FILE.exec(file)?.[1] ?? NaN))
    .filter(Number.isInteger)
    .sort((a, b) => a - b);
}

async function checkedRecord(paths: Layout, name: string, fold: number): Promise<FoldRecord> {
  const files = foldFiles(paths, name, fold);
  const record = await readFoldRecord(files.record);
  if (record === undefined) {
    throw new Unusable(
      `it has no ${basename(files.record)}, so the origin of its predictions is unknown; predict it again (a stacker: train it again)`,
    );
  }
  if (record.name !== name || record.fold !== fold) {
    throw new Unusable(`${basename(files.record)} is that of ${record.name} fold ${record.fold}`);
  }
  for (const file of Object.values(record.parts)) {
    if (!(await isThere(file))) throw new Unusable(`${basename(file)} is gone; train it again`);
  }
  const notes = await readMetadata(files.valid, predictionsTable);
  if ((notes.get('ichor.origin') ?? notes.get('ichor.identity')) !== record.predictions) {
    throw new Unusable(
      'its predictions were made by other weights than those that its record names; predict it again',
    );
  }
  return record;
}

function networkOf(record: FoldRecord): TrainedNetwork {
  const { name, fold, epoch, parts, data, predictions } = record;
  const weights = parts['weights'];
  if (epoch === undefined || weights === undefined) throw new Unusable('its record names no weights');
  const settings = settingsOf(baseModelSchema, record);
  // The file of the initial weights: its folder is on the user's machine, and bundles are passed on.
  const pretrained = basename(settings.pretrained);
  return { model: name, fold, epoch, settings: { ...settings, pretrained }, weights, data, predictions };
}

async function stackerOf(paths: Layout, record: FoldRecord): Promise<FittedStacker> {
  const { name, fold, parts, predictions } = record;
  const settings = settingsOf(stackerSchema, record);
  if (settings.kind === 'sequence') {
    const answers = paths.studyPredictions(name, fold, 'valid');
    if (!(await isThere(answers))) throw new Unusable(`${basename(answers)} is gone; train it again`);
    const notes = await readMetadata(answers, studyPredictionsTable);
    if (notes.get('ichor.identity') !== predictions) {
      throw new Unusable('its answers for whole series were made by other weights; train it again');
    }
  }
  return { settings, fold, parts };
}

function settingsOf<S extends z.ZodType>(schema: S, { settings }: FoldRecord): z.output<S> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new Unusable(
    `its settings are not those of this version: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  );
}
