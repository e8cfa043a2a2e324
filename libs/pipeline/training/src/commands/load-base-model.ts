import { type BaseModelApp, baseModelSchema, configurationSchema } from '@ichor/base-model';
import { ExperimentError, loadApp } from '@ichor/experiment';
import { z } from 'zod';

const appSchema: z.ZodType<BaseModelApp> = z.object({
  model: baseModelSchema,
  configurations: z.record(z.string(), configurationSchema),
});

/** The settings of a base model. @throws ExperimentError `experiment/app` */
export async function loadBaseModel(folder: string): Promise<BaseModelApp> {
  const { manifest, settings } = await loadApp(folder, appSchema, 'defineBaseModel');
  const { name, step } = manifest;
  // Tasks look for the files of a model under the name in package.json.
  if (step?.kind === 'base-model' && name === settings.model.name) return settings;
  throw new ExperimentError({
    code: 'experiment/app',
    file: folder,
    reason: `has the name ${name} and the kind ${step?.kind ?? 'none'} in package.json; src/config.ts is the base model ${settings.model.name}`,
    remedy: 'give both the same name, and package.json "ichor": { "kind": "base-model" }',
  });
}
