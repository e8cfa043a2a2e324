import { type BaseModel, baseModelSchema, resolveModel } from '@ichor/base-model';
import { RunRecord, type Terminal } from '@ichor/cli';
import {
  appFolder,
  ExperimentError,
  FoldReport,
  isSettingsFile,
  readSettingsFile,
  settingsText,
} from '@ichor/experiment';
import type { Engine } from '@ichor/runtime';
import { layout, runName } from '@ichor/tables';
import type { z } from 'zod';
import { baseModelFiles } from '../files.js';
import { loadBaseModel } from './load-base-model.js';
import { settingsOf, type commonOptions } from './options.js';

type Common = z.infer<z.ZodObject<typeof commonOptions>>;

/**
 * The model that the options describe, under the name of its run.
 *
 * @param positionals at most one: the name of its app
 */
export async function modelOf(options: Common, positionals: readonly string[]): Promise<BaseModel> {
  const app = await loadBaseModel(appFolder(options.app, positionals));
  const { config, recipe, run } = options;
  const inFile = config !== undefined && isSettingsFile(config);
  const file = inFile ? await settingsIn(config, app.model.name) : {};
  const configuration = inFile ? undefined : config;
  const named = resolveModel(app, configuration, {
    ...file,
    ...(recipe === undefined ? {} : { recipe }),
  });
  const model = resolveModel(app, configuration, { ...file, ...settingsOf(options, named) });
  return { ...model, name: runName(model.name, run) };
}

/** What a file says of the model; its name must not make it another one. */
async function settingsIn(path: string, model: string): Promise<Partial<BaseModel>> {
  const { name = model, ...settings } = await readSettingsFile(path, baseModelSchema);
  const [other = name] = name.split('.');
  if (other === model) return settings;
  throw new ExperimentError({
    code: 'experiment/settings',
    file: path,
    reason: `holds the settings of ${other}, not of ${model}`,
    remedy: `take them for ${other}, or remove "name" from the file`,
  });
}

/** What `--print-config` prints: a file for `--config`. */
export function printedSettings({ name, ...settings }: BaseModel): string {
  const [model = name] = name.split('.');
  return settingsText({ name: model, ...settings });
}

interface FoldCommand {
  readonly command: 'train' | 'predict';
  readonly model: BaseModel;
  readonly fold: number;
  readonly options: Common;
  readonly engine: Engine;
  readonly terminal: Terminal;
}

/** What a command writes and shows of one fold: its files, its manifest in the making, its bar and log. */
export function openFold({ command, model, fold, options, engine, terminal }: FoldCommand) {
  const files = baseModelFiles(layout(), model.name, fold);
  const { config, threads, workers, prefetch, cache } = options;
  const record = new RunRecord({
    command,
    config: {
      fold,
      configuration: config ?? null,
      ...model,
      run: { threads: threads ?? null, workers, prefetch, cache },
    },
    seeds: { seed: model.seed },
    engine: engine.description,
  });
  const [logFile, manifest] =
    command === 'train' ? [files.trainLog, files.trainManifest] : [files.predictLog, files.predictManifest];
  const name = `${model.name} fold ${fold}`;
  return { files, record, report: new FoldReport({ name, logFile, manifest, record, terminal }) };
}
