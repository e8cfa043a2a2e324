/**
 * The `ichor` field of a package.json: what kind of step of the pipeline the package is.
 *
 * @typedef {{ kind: 'preprocess' }
 *   | { kind: 'base-model', features: boolean }
 *   | { kind: 'stacker', runner: string, inputs: readonly string[] }
 *   | { kind: 'submission', inputs: readonly string[] }} StepSettings
 */

export const kinds = /** @type {const} */ (['preprocess', 'base-model', 'stacker', 'submission']);

/**
 * Reads and checks the `ichor` field.
 *
 * @param {unknown} field as it stands in the package.json
 * @param {string} file its path, for messages
 * @returns {StepSettings | undefined} undefined when the package is no step of the pipeline
 */
export function readSettings(field, file) {
  if (field === undefined) return undefined;
  if (!isRecord(field))
    throw settingsError(file, `"ichor" must be an object such as { "kind": "base-model" }`);
  const { kind, features = false, runner = 'train', inputs } = field;
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
    default:
      throw settingsError(file, `"kind" must be one of ${kinds.join(', ')}, not ${JSON.stringify(kind)}`);
  }
}

/**
 * @param {unknown} inputs
 * @param {string} file
 * @returns {readonly string[]}
 */
function modelNames(inputs, file) {
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every((name) => typeof name === 'string')) {
    throw settingsError(file, '"inputs" must list the models whose predictions are read');
  }
  return inputs;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {string} file
 * @param {string} reason
 */
function settingsError(file, reason) {
  return new Error(`${file}: ${reason}`);
}
