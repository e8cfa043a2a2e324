import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ExperimentError } from '../error.js';
import { readAppManifest, type AppManifest } from './app-manifest.js';

/** What an app says of itself: its compiled `src/config.ts` exports `settings` as `app`. */
export interface LoadedApp<Settings> {
  readonly manifest: AppManifest;
  readonly settings: Settings;
}

/**
 * Loads an app.
 *
 * @param folder of the app; a relative one is looked for upwards from the current folder
 * @param madeBy the function that makes such settings and fills in their defaults, for messages
 * @throws ExperimentError `experiment/app`
 */
export async function loadApp<Settings>(
  folder: string,
  schema: z.ZodType<Settings>,
  madeBy: string,
): Promise<LoadedApp<Settings>> {
  const found = findFolder(folder);
  const path = join(found, 'dist', 'config.js');
  if (!existsSync(path)) {
    throw new ExperimentError({
      code: 'experiment/app',
      file: path,
      reason: 'does not exist',
      remedy: `build the app first: npx tsc -b ${folder}`,
    });
  }
  const loaded: unknown = await import(pathToFileURL(path).href);
  const app = typeof loaded === 'object' && loaded !== null && 'app' in loaded ? loaded.app : undefined;
  const result = schema.safeParse(app);
  // As it was made: parsing again would fill defaults into configurations that leave a setting as it is.
  if (result.success) return { manifest: await readAppManifest(found), settings: app as Settings };
  throw new ExperimentError({
    code: 'experiment/app',
    file: path,
    reason: `does not export "app" as made by ${madeBy}: ${z.prettifyError(result.error)}`,
    remedy: 'compare it with the config of another app',
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
