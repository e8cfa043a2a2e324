import { type BaseModel, baseModelSchema, resolveModel } from '@ichor/base-model';
import { RunRecord } from '@ichor/cli';
import {
  appFolder,
  ExperimentError,
  isSettingsFile,
  readSettingsFile,
  settingsText,
} from '@ichor/experiment';
import type { Engine } from '@ichor/runtime';
import { runName } from '@ichor/tables';
import type { z } from 'zod';
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

/** A manifest in the making: the settings as they were resolved, and how the run was carried out. */
export function recordOf(
  command: string,
  model: BaseModel,
  fold: number,
  options: Common,
  engine: Engine,
): RunRecord {
  const { config, threads, workers, prefetch } = options;
  return new RunRecord({
    command,
    config: {
      fold,
      configuration: config ?? null,
      ...model,
      run: { threads: threads ?? null, workers, prefetch },
    },
    seeds: { seed: model.seed },
    engine: `${engine.name}/${engine.provider}`,
  });
}
