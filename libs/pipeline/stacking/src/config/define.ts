import { z } from 'zod';
import { StackingError } from '../error.js';
import { stackerSchema, type Stacker, type StackerApp } from './schema.js';

type Definition = z.input<typeof stackerSchema> & {
  readonly configurations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/**
 * Checks the settings of a stacker; an app exports the result as `app`.
 *
 * @throws StackingError `stacking/config` naming every setting that does not fit, also in the named configurations
 */
export function defineStacker({ configurations = {}, ...settings }: Definition): StackerApp {
  const stacker = parseStacker(settings, settings.name);
  for (const [name, overrides] of Object.entries(configurations)) {
    parseStacker({ ...settings, ...overrides }, `${settings.name}, configuration ${name}`);
  }
  return { stacker, configurations };
}

/**
 * The stacker under a named configuration.
 *
 * @throws StackingError `stacking/unknown-configuration`, `stacking/config`
 */
export function resolveStacker(
  { stacker, configurations }: StackerApp,
  configuration: string | undefined,
): Stacker {
  if (configuration === undefined) return stacker;
  const overrides = new Map(Object.entries(configurations)).get(configuration);
  if (overrides === undefined) {
    const known = Object.keys(configurations);
    throw new StackingError({
      code: 'stacking/unknown-configuration',
      reason: `${stacker.name} has no configuration '${configuration}'`,
      remedy: known.length === 0 ? 'leave --config out' : `choose one of ${known.join(', ')}, or none`,
    });
  }
  return parseStacker({ ...stacker, ...overrides }, stacker.name);
}

function parseStacker(settings: unknown, name: string): Stacker {
  const result = stackerSchema.safeParse(settings);
  if (result.success) {
    checkInputs(result.data);
    return result.data;
  }
  throw new StackingError({
    code: 'stacking/config',
    reason: `the settings of ${name} do not fit:\n${z.prettifyError(result.error)}`,
    remedy: 'correct src/config.ts of the app',
  });
}

/** Inputs that the convolutions over the models need: each shortens the axis of the models. */
const fewestInputs = { 'cnn-1': 8, 'cnn-2': 7, lgbm: 1, mlp: 1 } as const;

function checkInputs({ name, kind, inputs }: Stacker): void {
  const fewest = fewestInputs[kind];
  if (inputs.length >= fewest && new Set(inputs).size === inputs.length) return;
  throw new StackingError({
    code: 'stacking/config',
    reason: `${name} has the inputs ${inputs.join(', ')}; ${kind} needs at least ${fewest}, each once`,
    remedy: 'correct src/config.ts of the app',
  });
}
