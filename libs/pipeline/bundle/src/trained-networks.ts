import { type BaseModel, baseModelSchema } from '@ichor/base-model';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '@ichor/cli';
import { listEntries, listFolder } from '@ichor/files';
import { foldFiles, readHistory } from '@ichor/training';
import { predictionsTable, readTable, type Layout } from '@ichor/tables';
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
}

/** The folds that a model has out-of-fold predictions of. */
const FOLD_FILE = /^fold(\d+)_valid\.arrow$/;

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
  const names = models ?? (await foldersOf(paths));
  const networks: TrainedNetwork[] = [];
  for (const name of names) {
    const found = await networksOf(paths, name, folds);
    if (found.length === 0 && models) throw nothingTrained(paths, name);
    networks.push(...found);
  }
  if (networks.length === 0) throw nothingTrained(paths, 'any model');
  return networks;
}

async function foldersOf(paths: Layout): Promise<string[]> {
  const parent = join(paths.preprocessedFolder, '..');
  const entries = (await listEntries(parent)) ?? [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function networksOf(
  paths: Layout,
  name: string,
  folds: readonly number[] | undefined,
): Promise<TrainedNetwork[]> {
  const names = (await listFolder(paths.model(name))) ?? [];
  const there = names
    .map((file) => Number(FOLD_FILE.exec(file)?.[1] ?? NaN))
    .filter((fold) => Number.isInteger(fold) && (folds === undefined || folds.includes(fold)))
    .sort((a, b) => a - b);
  const networks: TrainedNetwork[] = [];
  for (const fold of there) {
    const network = await trainedNetwork(paths, name, fold);
    if (network) networks.push(network);
  }
  return networks;
}

/** Undefined for what is no base model: stackers leave predictions of the same form. */
async function trainedNetwork(
  paths: Layout,
  name: string,
  fold: number,
): Promise<TrainedNetwork | undefined> {
  const files = foldFiles(paths, name, fold);
  if (!existsSync(files.predictManifest)) return undefined;
  const history = await readHistory(files.history);
  if (!history) return undefined;
  const { config } = await readManifest(files.predictManifest);
  const own = Object.keys(baseModelSchema.shape).filter((key) => key in config);
  const settings = baseModelSchema.parse(Object.fromEntries(own.map((key) => [key, config[key]])));
  const { metadata } = await readTable(paths.predictions(name, fold, 'valid'), predictionsTable, {
    columns: ['pass'],
  });
  const epoch = Number(metadata.get('ichor.epoch') ?? NaN);
  const weights = files.snapshot(epoch);
  if (!existsSync(weights)) {
    throw new BundleError({
      code: 'bundle/nothing-trained',
      file: weights,
      reason: `the weights that made the predictions of ${name}, fold ${fold}, are gone`,
      remedy: `train again: npx nx run ${name}:train-fold-${fold}`,
    });
  }
  return { model: name, fold, epoch, settings, weights, data: history.identity.data };
}

function nothingTrained(paths: Layout, name: string): BundleError {
  return new BundleError({
    code: 'bundle/nothing-trained',
    file: name === 'any model' ? join(paths.preprocessedFolder, '..') : paths.model(name),
    reason: `has no trained network of ${name} with out-of-fold predictions`,
    remedy: `train one and predict with it: npx nx run ${name === 'any model' ? 'model-base' : name}:predict`,
  });
}
