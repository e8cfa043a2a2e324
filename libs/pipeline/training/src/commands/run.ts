import { type BaseModel, resolveModel } from '@ichor/base-model';
import { RunRecord } from '@ichor/cli';
import type { Engine } from '@ichor/runtime';
import type { z } from 'zod';
import { loadBaseModel } from './load-base-model.js';
import { settingsOf, type commonOptions } from './options.js';

type Common = z.infer<z.ZodObject<typeof commonOptions>>;

/** The model that the options describe. */
export async function modelOf(options: Common): Promise<BaseModel> {
  const app = await loadBaseModel(options.app);
  const named = resolveModel(app, options.config, { recipe: options.recipe });
  return resolveModel(app, options.config, settingsOf(options, named));
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
