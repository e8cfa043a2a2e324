import { IchorError } from '@ichor/files';
import { z } from 'zod';
import { recipes } from './recipes.js';
import { baseModelSchema, type BaseModel, type BaseModelApp, type Configurations } from './schema.js';

type Definition = z.input<typeof baseModelSchema> & {
  readonly configurations?: Readonly<Record<string, Partial<z.input<typeof baseModelSchema>>>>;
};

/**
 * Checks the settings of a base model; an app exports the result as `app`.
 *
 * @throws IchorError `base-model/settings` naming every setting that does not fit, also in the named configurations
 */
export function defineBaseModel({ configurations = {}, ...settings }: Definition): BaseModelApp {
  const model = parseModel({ ...settings, ...recipeOf(settings) }, settings.name);
  const checked: Record<string, Partial<BaseModel>> = {};
  for (const [name, overrides] of Object.entries(configurations)) {
    parseModel(
      { ...settings, ...recipeOf(settings, overrides), ...overrides },
      `${settings.name}, configuration ${name}`,
    );
    const partial = baseModelSchema.partial().parse(overrides);
    // Defaults of the schema must not come back where the configuration says nothing.
    checked[name] = Object.fromEntries(Object.entries(partial).filter(([key]) => key in overrides));
  }
  return { model, configurations: checked };
}

/**
 * The model under its recipe, a named configuration and single settings, later ones first.
 *
 * @throws IchorError `base-model/unknown-configuration`, `base-model/settings`
 */
export function resolveModel(
  app: BaseModelApp,
  configuration: string | undefined,
  settings: Partial<BaseModel>,
): BaseModel {
  const named = configuration === undefined ? {} : findConfiguration(app, configuration);
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const recipe = recipeOf(app.model, named, given);
  return parseModel({ ...app.model, ...recipe, ...named, ...given }, app.model.name);
}

/** The settings of the recipe that the last of the given sets of settings names. */
function recipeOf(...sets: readonly { readonly recipe?: BaseModel['recipe'] }[]) {
  const name = sets.findLast(({ recipe }) => recipe !== undefined)?.recipe;
  return name === undefined ? {} : recipes[name];
}

function findConfiguration({ model, configurations }: BaseModelApp, name: string): Configurations[string] {
  const found = new Map(Object.entries(configurations)).get(name);
  if (found !== undefined) return found;
  const known = Object.keys(configurations);
  throw new IchorError({
    code: 'base-model/unknown-configuration',
    reason: `${model.name} has no configuration '${name}'`,
    remedy: known.length === 0 ? 'leave --config out' : `choose one of ${known.join(', ')}, or none`,
  });
}

function parseModel(settings: unknown, name: string): BaseModel {
  const result = baseModelSchema.safeParse(settings);
  if (!result.success) {
    throw new IchorError({
      code: 'base-model/settings',
      reason: `settings of ${name}: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`,
      remedy: 'correct the settings named',
      cause: result.error,
    });
  }
  const model = result.data;
  const problem = contradiction(model);
  if (problem !== undefined) {
    throw new IchorError({
      code: 'base-model/settings',
      reason: `settings of ${name}: ${problem}`,
      remedy: 'correct the settings named',
    });
  }
  return model;
}

/** Combinations of settings that are valid separately, but not together. */
function contradiction(model: BaseModel): string | undefined {
  const { augmentation, snapshot, epochs, microBatch = 1, batchSize } = model;
  if (augmentation.interpolation === 'cubic' && augmentation.rotate !== undefined) {
    return 'augmentation.interpolation cubic and augmentation.rotate exclude each other';
  }
  const { flip, flipHorizontal, flipVertical } = augmentation;
  if (flip !== undefined && (flipHorizontal ?? flipVertical) !== undefined) {
    return 'augmentation.flip stands for flipHorizontal and flipVertical: give it or them';
  }
  if (typeof snapshot === 'number' && snapshot >= epochs) {
    return `snapshot ${snapshot} is not one of the epochs 0 to ${epochs - 1}`;
  }
  if (microBatch > batchSize) return `microBatch ${microBatch} is larger than batchSize ${batchSize}`;
  return undefined;
}
