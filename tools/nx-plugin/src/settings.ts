/** The `ichor` field of a package.json: what kind of step of the pipeline the package is, or which commands are tasks. */
export type StepSettings =
  | { readonly kind: 'preprocess' }
  | { readonly kind: 'base-model'; readonly features: boolean }
  | { readonly kind: 'stacker'; readonly runner: string; readonly inputs: readonly string[] }
  | { readonly kind: 'submission'; readonly inputs: readonly string[] }
  | { readonly kind: 'program'; readonly commands: readonly string[] };

const kinds: readonly StepSettings['kind'][] = [
  'preprocess',
  'base-model',
  'stacker',
  'submission',
  'program',
];

/**
 * Reads and checks the `ichor` field.
 *
 * @param field as it is in the package.json
 * @param file its path, for messages
 * @returns undefined when the package is not a step of the pipeline
 */
export function readSettings(field: unknown, file: string): StepSettings | undefined {
  if (field === undefined) return undefined;
  if (!isRecord(field))
    throw settingsError(file, `"ichor" must be an object such as { "kind": "base-model" }`);
  const { kind, features = false, runner = 'train', inputs, commands } = field;
  switch (kind) {
    case 'preprocess':
      return { kind };
    case 'base-model':
      if (typeof features !== 'boolean') throw settingsError(file, '"features" must be true or false');
      return { kind, features };
    case 'stacker':
      if (typeof runner !== 'string')
        throw settingsError(file, '"runner" must be the name of a file of @ichor/stacking');
      return { kind, runner, inputs: modelNames(inputs, file) };
    case 'submission':
      return { kind, inputs: modelNames(inputs, file) };
    case 'program':
      if (!isListOfNames(commands)) throw settingsError(file, '"commands" must list commands of its program');
      return { kind, commands };
    default:
      throw settingsError(file, `"kind" must be one of ${kinds.join(', ')}, not ${JSON.stringify(kind)}`);
  }
}

function modelNames(inputs: unknown, file: string): readonly string[] {
  if (!isListOfNames(inputs)) {
    throw settingsError(file, '"inputs" must list the models whose predictions are read');
  }
  return inputs;
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function settingsError(file: string, reason: string): Error {
  return new Error(`${file}: ${reason}`);
}
