import { type BaseModelApp, baseModelSchema, configurationSchema } from '@ichor/base-model';
import { loadAppConfig } from '@ichor/cli';
import { z } from 'zod';

const appSchema: z.ZodType<BaseModelApp> = z.object({
  model: baseModelSchema,
  configurations: z.record(z.string(), configurationSchema),
});

/** The settings of a base model. @throws IchorError `cli/app` */
export function loadApp(folder: string): Promise<BaseModelApp> {
  return loadAppConfig(folder, appSchema, 'defineBaseModel');
}
