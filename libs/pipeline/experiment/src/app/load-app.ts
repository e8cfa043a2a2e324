import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importBundled } from '@ichor/files/bundled';
import { z } from 'zod';
import { ExperimentError } from '../error.js';
import { folderOf } from './app-folder.js';
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
  const found = folderOf(folder);
  const path = join(found, 'dist', 'config.js');
  if (!existsSync(path)) {
    throw new ExperimentError({
      code: 'experiment/app',
      file: path,
      reason: 'does not exist',
      remedy: `build the app first: npx tsc -b ${folder}`,
    });
  }
  const loaded = await importBundled<unknown>(pathToFileURL(path));
  const app = typeof loaded === 'object' && loaded !== null && 'app' in loaded ? loaded.app : undefined;
  const result = schema.safeParse(app);
  // Unchanged: parsing again would fill defaults into configurations that do not set a setting.
  if (result.success) return { manifest: await readAppManifest(found), settings: app as Settings };
  const kind = await readAppManifest(found).then(
    ({ step }) => step?.kind,
    () => undefined,
  );
  if (kind === 'stacker' || kind === 'base-model') {
    const other = kind === 'stacker' ? 'defineStacker' : 'defineBaseModel';
    if (other !== madeBy) {
      throw new ExperimentError({
        code: 'experiment/app',
        file: found,
        reason: kind === 'stacker' ? 'is a stacker, not a base model' : 'is a base model, not a stacker',
        remedy: kind === 'stacker' ? 'ichor stack fits it' : 'ichor train trains it',
      });
    }
  }
  throw new ExperimentError({
    code: 'experiment/app',
    file: path,
    reason: `does not export "app" as made by ${madeBy}: ${z.prettifyError(result.error)}`,
    remedy: 'compare it with the config of another app',
  });
}
