import { type BaseModel, resolveModel } from '@ichor/base-model';
import { readManifest, RunRecord } from '@ichor/cli';
import { IchorError } from '@ichor/files';
import { createEngine, type Engine } from '@ichor/runtime';
import type { z } from 'zod';
import { loadBaseModel } from './load-base-model.js';
import { settingsOf, type commonOptions } from './options.js';

type Common = z.infer<z.ZodObject<typeof commonOptions>>;

/** The model that the options describe. */
export async function modelOf(options: Common): Promise<BaseModel> {
  const app = await loadBaseModel(options.app);
  const named = resolveModel(app, options.config, {});
  return resolveModel(app, options.config, settingsOf(options, named));
}

export function engineOf({ engine, provider, threads }: Common): Promise<Engine> {
  return createEngine(engine, { provider, ...(threads === undefined ? {} : { threads }) });
}

/** Whether the manifest of a run that came to its end is there; it tells more than that a later one did not. */
export async function endedWell(manifest: string): Promise<boolean> {
  return readManifest(manifest).then(
    ({ status }) => status === 'complete',
    () => false,
  );
}

/** Writes the manifest of a run that failed, where it does not hide one that tells more. */
export async function recordFailure(record: RunRecord, manifest: string, error: unknown): Promise<void> {
  // Whoever holds the lock writes this manifest.
  const elsewhere = error instanceof IchorError && error.code === 'files/locked';
  if (elsewhere || (await endedWell(manifest))) return;
  await record.write(manifest, 'failed').catch(() => undefined);
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
