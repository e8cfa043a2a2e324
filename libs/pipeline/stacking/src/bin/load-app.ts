import { loadAppConfig } from '@ichor/cli';
import { z } from 'zod';
import { stackerSchema, type StackerApp } from '../config/schema.js';

const appSchema: z.ZodType<StackerApp> = z.object({
  stacker: stackerSchema,
  configurations: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** The settings of a stacker. @throws IchorError `cli/app` */
export function loadApp(folder: string): Promise<StackerApp> {
  return loadAppConfig(folder, appSchema, 'defineStacker');
}
