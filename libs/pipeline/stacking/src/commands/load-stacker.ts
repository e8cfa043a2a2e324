import { ExperimentError, isSettingsFile, loadApp, readSettingsFile, settingsText } from '@ichor/experiment';
import { present } from '@ichor/files';
import { runName } from '@ichor/tables';
import { z } from 'zod';
import { resolveStacker } from '../config/define.js';
import { stackerSettingsSchema, type Stacker, type StackerApp } from '../config/schema.js';

const appSchema: z.ZodType<StackerApp> = z.object({
  settings: stackerSettingsSchema,
  configurations: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** The options of a command about a stacker. */
export interface StackerChoice {
  /** A named configuration, or a file of settings. */
  readonly config?: string | undefined;
  /** Name of an experiment beside the unnamed one. */
  readonly run?: string | undefined;
  /** In place of those of its app. */
  readonly inputs?: readonly string[] | undefined;
}

/**
 * The stacker of an app under the settings of a command.
 *
 * @throws ExperimentError `experiment/app`, `experiment/settings`; StackingError as `resolveStacker`
 */
export async function loadStacker(
  folder: string,
  { config, run, inputs }: StackerChoice = {},
): Promise<Stacker> {
  const { manifest, settings } = await loadApp(folder, appSchema, 'defineStacker');
  const { name, step } = manifest;
  if (step?.kind === 'stacker') {
    const place = { name: runName(name, run), inputs: [...(inputs ?? step.inputs)] };
    const overrides =
      config !== undefined && isSettingsFile(config) ? await settingsIn(config, settings) : config;
    return resolveStacker(settings, place, overrides);
  }
  throw new ExperimentError({
    code: 'experiment/app',
    file: folder,
    reason: `${name} is not a stacker`,
    remedy: 'give its package.json "ichor": { "kind": "stacker", "inputs": [...] }',
  });
}

function settingsIn(path: string, { settings }: StackerApp): Promise<Readonly<Record<string, unknown>>> {
  const schemas = stackerSettingsSchema.options;
  const schema = schemas.find((one) => one.shape.kind.safeParse(settings.kind).success);
  return readSettingsFile(path, present(schema) as z.ZodObject);
}

/** What `--print-config` prints: a file for `--config`. Name and inputs are those of the command. */
export function printedSettings(stacker: Stacker): string {
  const ofTheCommand = ['name', 'inputs'];
  return settingsText(
    Object.fromEntries(Object.entries(stacker).filter(([key]) => !ofTheCommand.includes(key))),
  );
}
