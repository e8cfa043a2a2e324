import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { ExperimentError } from '../error.js';

const models = z.array(z.string()).min(1);

/** The `ichor` field of an app's package.json; the Nx plugin makes the tasks from the same words. */
const stepSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preprocess') }),
  z.object({ kind: z.literal('base-model') }),
  /** `inputs`: the models and stackers whose predictions it combines, in the order of its columns. */
  z.object({ kind: z.literal('stacker'), inputs: models }),
  /** `inputs`: the model that is submitted, then those that the leaderboard is to show beside all that it is made from. */
  z.object({ kind: z.literal('submission'), inputs: models }),
  /** A package with a program that is no step. */
  z.object({ kind: z.literal('program') }),
]);

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/);

const manifestSchema = z.object({
  nx: z.object({ name: name.optional() }).optional(),
  ichor: stepSchema.optional(),
});

/** What an app is in the pipeline. */
export interface AppManifest {
  /** Of the task and of the folder of the outputs: that in the field `nx`, else that of the folder, as in the plugin. */
  readonly name: string;
  /** Undefined for an app that is not a step of the pipeline. */
  readonly step: z.infer<typeof stepSchema> | undefined;
}

/**
 * Reads what the package.json of an app says of it.
 *
 * @throws ExperimentError `experiment/app`
 */
export async function readAppManifest(folder: string): Promise<AppManifest> {
  const file = join(folder, 'package.json');
  try {
    const { nx, ichor } = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { name: name.parse(nx?.name ?? basename(resolve(folder))), step: ichor };
  } catch (cause) {
    throw new ExperimentError({
      code: 'experiment/app',
      file,
      reason: `is not the package.json of an app: ${cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)}`,
      remedy: 'compare it with that of another app',
      cause,
    });
  }
}
