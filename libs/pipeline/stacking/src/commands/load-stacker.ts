import { ExperimentError, loadApp } from '@ichor/experiment';
import { z } from 'zod';
import { resolveStacker } from '../config/define.js';
import { stackerSettingsSchema, type Stacker, type StackerApp } from '../config/schema.js';

const appSchema: z.ZodType<StackerApp> = z.object({
  settings: stackerSettingsSchema,
  configurations: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/**
 * The stacker of an app under a named configuration.
 *
 * @throws ExperimentError `experiment/app`; StackingError as `resolveStacker`
 */
export async function loadStacker(folder: string, configuration: string | undefined): Promise<Stacker> {
  const { manifest, settings } = await loadApp(folder, appSchema, 'defineStacker');
  const { name, step } = manifest;
  if (step?.kind === 'stacker') return resolveStacker(settings, { name, inputs: step.inputs }, configuration);
  throw new ExperimentError({
    code: 'experiment/app',
    file: folder,
    reason: `${name} is not a stacker`,
    remedy: 'give its package.json "ichor": { "kind": "stacker", "inputs": [...] }',
  });
}
