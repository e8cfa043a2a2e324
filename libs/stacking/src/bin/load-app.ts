import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { stackerSchema, type StackerApp } from '../config/schema.js';
import { StackingError } from '../error.js';

const appSchema = z.object({
  stacker: stackerSchema,
  configurations: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/**
 * The settings of an app: what its compiled `src/config.ts` exports as `app`.
 *
 * @param folder of the app; a relative one is looked for upwards from the current folder
 * @throws StackingError `stacking/app`
 */
export async function loadApp(folder: string): Promise<StackerApp> {
  const path = join(findFolder(folder), 'dist', 'config.js');
  if (!existsSync(path)) {
    throw new StackingError({
      code: 'stacking/app',
      file: path,
      reason: 'does not exist',
      remedy: `build the app first: npx tsc -b ${folder}`,
    });
  }
  const loaded: unknown = await import(pathToFileURL(path).href);
  const app = typeof loaded === 'object' && loaded !== null && 'app' in loaded ? loaded.app : undefined;
  const result = appSchema.safeParse(app);
  if (result.success) return result.data;
  throw new StackingError({
    code: 'stacking/app',
    file: path,
    reason: `does not export "app" as made by defineStacker: ${z.prettifyError(result.error)}`,
    remedy: 'compare it with the config of another stacker',
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
