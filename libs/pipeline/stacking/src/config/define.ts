import { z } from 'zod';
import { StackingError } from '../error.js';
import { stackerSchema, stackerSettingsSchema, type Stacker, type StackerApp } from './schema.js';

type Definition = z.input<typeof stackerSettingsSchema> & {
  readonly configurations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/**
 * Checks the settings of a stacker; an app exports the result as `app`. Its name and its inputs are in the package.json of
 * the app.
 *
 * @throws StackingError `stacking/config` naming every setting that does not fit, also in the named configurations
 */
export function defineStacker({ configurations = {}, ...settings }: Definition): StackerApp {
  for (const [name, overrides] of Object.entries(configurations)) {
    parse(stackerSettingsSchema, { ...settings, ...overrides }, `configuration ${name}`);
  }
  return { settings: parse(stackerSettingsSchema, settings, 'the settings'), configurations };
}

/**
 * A stacker with its settings, name and inputs.
 *
 * @throws StackingError `stacking/config`
 */
export function makeStacker(stacker: z.input<typeof stackerSchema>): Stacker {
  const made = parse(stackerSchema, stacker, `the settings of ${stacker.name}`);
  checkInputs(made);
  return made;
}

/**
 * The stacker of an app under a named configuration, or under settings of the user.
 *
 * @throws StackingError `stacking/unknown-configuration`, `stacking/config`
 */
export function resolveStacker(
  { settings, configurations }: StackerApp,
  { name, inputs }: Pick<Stacker, 'name' | 'inputs'>,
  configuration?: string | Readonly<Record<string, unknown>>,
): Stacker {
  if (configuration === undefined) return makeStacker({ ...settings, name, inputs });
  if (typeof configuration === 'object') return makeStacker({ ...settings, ...configuration, name, inputs });
  const overrides = new Map(Object.entries(configurations)).get(configuration);
  if (overrides === undefined) {
    const known = Object.keys(configurations);
    throw new StackingError({
      code: 'stacking/unknown-configuration',
      reason: `${name} has no configuration '${configuration}'`,
      remedy: known.length === 0 ? 'leave --config out' : `choose one of ${known.join(', ')}, or none`,
    });
  }
  return makeStacker({ ...settings, ...overrides, name, inputs });
}

function parse<S extends z.ZodType>(schema: S, settings: unknown, what: string): z.output<S> {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  throw new StackingError({
    code: 'stacking/config',
    reason: `${what} do not fit:\n${z.prettifyError(result.error)}`,
    remedy: 'correct src/config.ts of the app',
  });
}

/** Inputs that the convolutions over the models need: each shortens the axis of the models. */
const fewestInputs = { 'cnn-1': 8, 'cnn-2': 7, lgbm: 1, mlp: 1, sequence: 1 } as const;

function checkInputs(stacker: Stacker): void {
  const { name, kind, inputs } = stacker;
  const stranger = stacker.kind === 'sequence' && stacker.embeddings.find((model) => !inputs.includes(model));
  if (typeof stranger === 'string') {
    throw new StackingError({
      code: 'stacking/config',
      reason: `${name} takes the feature vectors of ${stranger}, which is not among its inputs`,
      remedy: `correct "embeddings" in src/config.ts of the app, or add ${stranger} to "inputs" in its package.json`,
    });
  }
  const fewest = fewestInputs[kind];
  if (inputs.length >= fewest && new Set(inputs).size === inputs.length) return;
  throw new StackingError({
    code: 'stacking/config',
    reason: `${name} has the inputs ${inputs.join(', ')}; ${kind} needs at least ${fewest}, each once`,
    remedy: 'correct "inputs" in the package.json of the app',
  });
}
