/**
 * The tasks of the pipeline. Each command does what is missing and nothing else, so a task that Nx starts again
 * goes on where it stopped; the cache saves even that look.
 *
 * @typedef {import('@nx/devkit').TargetConfiguration} TargetConfiguration
 * @typedef {{
 *   readonly name: string,
 *   readonly projectRoot: string,
 *   readonly root: string,
 *   readonly folds: readonly number[],
 *   readonly kindOf: ReadonlyMap<string, string>,
 * }} StepContext
 * `root`: the folder of input/ and so on, relative to the workspace; `kindOf`: kind of every step by its name.
 */

/** Named settings that every step of the pipeline knows. */
const configurations = { demo: { args: '--config demo' } };

const codeAndData = [
  'production',
  '^production',
  { env: 'ICHOR_ROOT' },
  { runtime: 'node tools/nx-plugin/src/fingerprint.mjs' },
];

/** @type {TargetConfiguration} */
const common = {
  cache: true,
  // Each step uses all cores or the whole GPU by itself.
  parallelism: false,
  configurations,
};

/**
 * @param {string} command
 * @returns {Pick<TargetConfiguration, 'command' | 'options'>}
 */
const fromWorkspace = (command) => ({ command, options: { cwd: '{workspaceRoot}' } });

/**
 * A path below the folder of input/ and so on, as Nx writes it.
 *
 * @param {StepContext} context
 * @param {string} path
 */
const below = ({ root }, path) => `{workspaceRoot}/${root === '' ? '' : `${root}/`}${path}`;

/**
 * @param {StepContext} context
 * @returns {Record<string, TargetConfiguration>}
 */
export function preprocessTargets(context) {
  return {
    preprocess: {
      ...common,
      ...fromWorkspace(`node ${context.projectRoot}/dist/main.js`),
      dependsOn: ['build'],
      inputs: codeAndData,
      outputs: [below(context, 'intermediate_output/preprocessed_data')],
      metadata: { description: 'Tables, folds and targets from the DICOM files and the label CSV' },
    },
  };
}

/**
 * @param {StepContext} context
 * @param {{ features: boolean }} settings
 * @returns {Record<string, TargetConfiguration>}
 */
export function baseModelTargets(context, { features }) {
  const { name, projectRoot, folds } = context;
  const files = (/** @type {string[]} */ ...names) =>
    names.map((file) => below(context, `intermediate_output/${name}/${file}`));
  /** @type {Record<string, TargetConfiguration>} */
  const targets = {};
  for (const fold of folds) {
    targets[`train-fold-${fold}`] = {
      ...common,
      ...fromWorkspace(`node libs/training/dist/bin/train.js --app ${projectRoot} --fold ${fold}`),
      dependsOn: ['build', { projects: ['preprocess'], target: 'preprocess' }],
      inputs: [...codeAndData, { dependentTasksOutputFiles: '**/preprocessed_data/{train_f,test}*.arrow' }],
      // The weights of every epoch, not the optimizer's state: nobody wants that twice.
      outputs: files(`fold${fold}_epoch*.safetensors`, `fold${fold}_train.json`, `fold${fold}_metrics.jsonl`),
      metadata: { description: `Trains on all folds but ${fold}; goes on where it stopped` },
    };
    const tables = [`fold${fold}_valid`, `fold${fold}_test`];
    targets[`predict-fold-${fold}`] = {
      ...common,
      ...fromWorkspace(`node libs/training/dist/bin/predict.js --app ${projectRoot} --fold ${fold}`),
      dependsOn: ['build', `train-fold-${fold}`],
      inputs: [...codeAndData, { dependentTasksOutputFiles: `**/fold${fold}_train.json` }],
      outputs: files(
        ...tables.map((table) => `${table}.arrow`),
        ...(features ? tables.map((table) => `${table}_features.arrow`) : []),
        `fold${fold}_predict.json`,
      ),
      metadata: { description: `Predicts fold ${fold} and the test set` },
    };
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
    targets[`train-fold-${fold}`] = {
      ...common,
      ...fromWorkspace(`node libs/stacking/dist/bin/${runner}.js --app ${projectRoot} --fold ${fold}`),
      dependsOn: ['build', ...predictionsOf(context, inputs)],
      inputs: [...codeAndData, { dependentTasksOutputFiles: '**/fold*.json' }],
      outputs: [below(context, `intermediate_output/${name}/fold${fold}_*`)],
      metadata: { description: `Fits on all folds but ${fold}; predicts fold ${fold} and the test set` },
    };
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
    make: {
      ...common,
      ...fromWorkspace(`node ${context.projectRoot}/dist/main.js`),
      dependsOn: ['build', ...predictionsOf(context, inputs)],
      inputs: [...codeAndData, { dependentTasksOutputFiles: '**/fold*.json' }],
      outputs: ['submission.csv', 'leaderboard.json', 'leaderboard.html'].map((file) =>
        below(context, `output/${file}`),
      ),
      metadata: { description: 'output/submission.csv and the leaderboard' },
    },
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
    executor: 'nx:noop',
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
      const known = [...kindOf]
        .filter(([, k]) => k === 'base-model' || k === 'stacker')
        .map(([model]) => model);
      throw new Error(
        `${name} reads the predictions of ${input}, which is not a model; models: ${known.join(', ')}`,
      );
    }
    return { projects: [input], target: kind === 'stacker' ? 'train' : 'predict' };
  });
}
