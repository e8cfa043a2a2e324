import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { baseModelSchema, type BaseModelApp } from '../config/schema.js';
import { TrainingError } from '../error.js';

const appSchema: z.ZodType<BaseModelApp> = z.object({
  model: baseModelSchema,
  configurations: z.record(z.string(), baseModelSchema.partial()),
});

/**
 * The settings of an app: what its compiled `src/config.ts` exports as `app`.
 *
 * @param folder of the app; a relative one is looked for upwards from the current folder
 * @throws TrainingError `training/app`
 */
export async function loadApp(folder: string): Promise<BaseModelApp> {
  const path = join(findFolder(folder), 'dist', 'config.js');
  if (!existsSync(path)) {
    throw new TrainingError({
      code: 'training/app',
      file: path,
      reason: 'does not exist',
      remedy: `build the app first: npx tsc -b ${folder}`,
    });
  }
  const loaded: unknown = await import(pathToFileURL(path).href);
  const app = typeof loaded === 'object' && loaded !== null && 'app' in loaded ? loaded.app : undefined;
  const result = appSchema.safeParse(app);
  if (result.success) return app as BaseModelApp;
  throw new TrainingError({
    code: 'training/app',
    file: path,
    reason: `does not export "app" as made by defineBaseModel: ${z.prettifyError(result.error)}`,
    remedy: 'compare it with the config of another base model',
  });
}

function findFolder(folder: string): string {
  const here = resolve(folder);
  if (existsSync(here)) return here;
  for (let at = process.cwd(); ; at = dirname(at)) {
    const candidate = resolve(at, folder);
    if (existsSync(candidate)) return candidate;
    if (at === dirname(at)) return here;
  }
}
