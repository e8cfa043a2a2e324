/**
 * The tasks of the pipeline. Each program does what is missing and nothing else, so a task that Nx starts again
 * goes on where it stopped; the cache saves even that look.
 *
 * @typedef {import('@nx/devkit').TargetConfiguration} TargetConfiguration
 * @typedef {{
 *   readonly name: string,
 *   readonly projectRoot: string,
 *   readonly folds: readonly number[],
 *   readonly kindOf: ReadonlyMap<string, string>,
 * }} StepContext
 * `kindOf`: kind of every step by its name.
 */

/** Small images do not keep several cores busy: the demo runs several steps side by side instead. */
const oneThread = ['--threads', '1'];

/**
 * @param {{
 *   program: string,
 *   demoSettings?: readonly string[],
 *   programArguments?: readonly string[],
 *   folder: string,
 *   products: readonly string[],
 *   after: readonly (string | { projects: string[], target: string })[],
 *   description: string,
 * }} step
 * @returns {TargetConfiguration}
 */
function stepTarget({
  program,
  programArguments = [],
  demoSettings = [],
  folder,
  products,
  after,
  description,
}) {
  return {
    executor: '@ichor/nx-plugin:step',
    options: { program, programArguments, folder, products },
    // Named settings that every step knows.
    configurations: { demo: { settings: ['--config', 'demo', ...demoSettings] } },
    cache: true,
    // Each step uses all cores or the whole GPU by itself, unless it is told to be small.
    parallelism: process.env['ICHOR_PARALLEL'] === 'true',
    dependsOn: ['build', ...after],
    inputs: [
      'production',
      '^production',
      { env: 'ICHOR_ROOT' },
      { runtime: 'node tools/nx-plugin/src/fingerprint.mjs' },
    ],
    // Nothing for Nx to keep: the executor watches over the files where they are.
    outputs: [],
    metadata: { description },
  };
}

/**
 * @param {StepContext} context
 * @returns {Record<string, TargetConfiguration>}
 */
export function preprocessTargets({ projectRoot }) {
  return {
    preprocess: stepTarget({
      program: `${projectRoot}/dist/main.js`,
      // As many folds as the demo trains, so that each slice has one.
      demoSettings: ['--folds', '2'],
      folder: 'intermediate_output/preprocessed_data',
      products: ['train_folds.arrow', 'test.arrow', '*.arrow', 'generation.json'],
      after: [],
      description: 'Tables, folds and targets from the DICOM files and the label CSV',
    }),
  };
}

/**
 * @param {StepContext} context
 * @param {{ features: boolean }} settings
 * @returns {Record<string, TargetConfiguration>}
 */
export function baseModelTargets({ name, projectRoot, folds }, { features }) {
  const folder = `intermediate_output/${name}`;
  /** @type {Record<string, TargetConfiguration>} */
  const targets = {};
  for (const fold of folds) {
    const programArguments = ['--app', projectRoot, '--fold', String(fold)];
    targets[`train-fold-${fold}`] = stepTarget({
      program: 'libs/pipeline/training/dist/bin/train.js',
      programArguments,
      demoSettings: oneThread,
      folder,
      products: [`fold${fold}_epoch*.safetensors`, `fold${fold}_train.json`],
      after: [{ projects: ['preprocess'], target: 'preprocess' }],
      description: `Trains on all folds but ${fold}; goes on where it stopped`,
    });
    const tables = [`fold${fold}_valid`, `fold${fold}_test`];
    targets[`predict-fold-${fold}`] = stepTarget({
      program: 'libs/pipeline/training/dist/bin/predict.js',
      programArguments,
      demoSettings: oneThread,
      folder,
      products: [
        ...tables.map((table) => `${table}.arrow`),
        ...(features ? tables.map((table) => `${table}_features.arrow`) : []),
      ],
      after: [`train-fold-${fold}`],
      description: `Predicts fold ${fold} and the test set`,
    });
  }
  targets['train'] = allFolds('train', folds, 'Trains every fold that is not trained');
  targets['predict'] = allFolds('predict', folds, 'Trains and predicts every fold');
  return targets;
}

/**
 * @param {StepContext} context
 * @param {{ runner: string, inputs: readonly string[] }} settings
 * @returns {Record<string, TargetConfiguration>}
 */
export function stackerTargets(context, { runner, inputs }) {
  const { name, projectRoot, folds } = context;
  /** @type {Record<string, TargetConfiguration>} */
  const targets = {};
  for (const fold of folds) {
    targets[`train-fold-${fold}`] = stepTarget({
      program: `libs/pipeline/stacking/dist/bin/${runner}.js`,
      programArguments: ['--app', projectRoot, '--fold', String(fold)],
      demoSettings: oneThread,
      folder: `intermediate_output/${name}`,
      // The last: nested predictions, of those stackers that have any.
      products: [`fold${fold}_valid.arrow`, `fold${fold}_test.arrow`, `fold${fold}_*.arrow`],
      after: predictionsOf(context, inputs),
      description: `Fits on all folds but ${fold}; predicts fold ${fold} and the test set`,
    });
  }
  targets['train'] = allFolds('train', folds, 'Fits and predicts every fold');
  return targets;
}

/**
 * @param {StepContext} context
 * @param {{ inputs: readonly string[] }} settings
 * @returns {Record<string, TargetConfiguration>}
 */
export function submissionTargets(context, { inputs }) {
  return {
    make: stepTarget({
      program: `${context.projectRoot}/dist/main.js`,
      folder: 'output',
      products: ['submission.csv', 'leaderboard.json', 'leaderboard.html', 'leaderboard.txt'],
      after: predictionsOf(context, inputs),
      description: 'output/submission.csv and the leaderboard',
    }),
  };
}

/**
 * @param {string} verb
 * @param {readonly number[]} folds
 * @param {string} description
 * @returns {TargetConfiguration}
 */
function allFolds(verb, folds, description) {
  return {
    executor: '@ichor/nx-plugin:all-folds',
    // The settings given to the whole are those of every fold.
    dependsOn: folds.map((fold) => ({
      target: `${verb}-fold-${fold}`,
      params: /** @type {const} */ ('forward'),
    })),
    configurations: { demo: {} },
    metadata: { description },
  };
}

/**
 * The tasks that write the predictions of these models.
 *
 * @param {StepContext} context
 * @param {readonly string[]} inputs
 */
function predictionsOf({ name, kindOf }, inputs) {
  return inputs.map((input) => {
    const kind = kindOf.get(input);
    if (kind !== 'base-model' && kind !== 'stacker') {
      const models = [...kindOf]
        .filter(([, k]) => k === 'base-model' || k === 'stacker')
        .map(([model]) => model);
      throw new Error(
        `${name} reads the predictions of ${input}, which is not a model; models: ${models.join(', ')}`,
      );
    }
    return { projects: [input], target: kind === 'stacker' ? 'train' : 'predict' };
  });
}
