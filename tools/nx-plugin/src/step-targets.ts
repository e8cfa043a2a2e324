import { readVariable, variables } from '@ichor/files';
import type { TargetConfiguration } from '@nx/devkit';
import type { StepKind } from './step/arguments.js';

/*
 * The tasks of the pipeline. Each program does what is missing and nothing else, so a task that Nx starts again
 * resumes where it stopped; the cache saves even that look.
 */

export interface StepContext {
  readonly name: string;
  readonly projectRoot: string;
  readonly folds: readonly number[];
  /** Kind of every step by its name. */
  readonly kindOf: ReadonlyMap<string, string>;
}

/** A file of an installed package, relative to the workspace; here npm links the packages of the workspace to that place. */
export const installed = (name: string, file: string): string => `node_modules/@ichor/${name}/dist/${file}`;

interface Step {
  readonly kind: StepKind;
  readonly program: string;
  readonly demoSettings?: readonly string[];
  readonly programArguments?: readonly string[];
  readonly folder: string;
  readonly products: readonly string[];
  /** The steps that it waits for, of this package or of others; what the user gives reaches them too. */
  readonly after: readonly { projects?: string[]; target: string }[];
  readonly description: string;
}

type Targets = Record<string, TargetConfiguration>;

/** Small images do not keep several cores busy: the demo runs several steps in parallel instead. */
const oneThread = ['--threads', '1'];

/** Where `nx show target` says that the options are. */
function help(kind: StepKind): Pick<NonNullable<TargetConfiguration['metadata']>, 'help'> {
  const programs = {
    preprocess: [installed('preprocess', 'main.js'), { workers: 8 }],
    train: [installed('training', 'bin/train.js'), { run: 'short', epochs: 1 }],
    predict: [installed('training', 'bin/predict.js'), { set: 'valid' }],
    stack: [installed('stacking', 'bin/train.js'), { gbdt: 'lightgbm' }],
    submission: [installed('submission', 'main.js'), { draws: 100 }],
  } as const satisfies Record<StepKind, readonly [string, Record<string, unknown>]>;
  const [program, options] = programs[kind];
  return { help: { command: `node ${program} --help`, example: { options } } };
}

function stepTarget({
  kind,
  program,
  programArguments = [],
  demoSettings = [],
  folder,
  products,
  after,
  description,
}: Step): TargetConfiguration {
  return {
    executor: `@ichor/nx-plugin:${kind}`,
    options: { kind, program, programArguments, folder, products },
    // Named settings that every step knows.
    configurations: { demo: { settings: ['--config', 'demo', ...demoSettings] } },
    cache: true,
    // Each step uses all cores or the whole GPU by itself, unless it is told to be small.
    parallelism: readVariable('parallel') === 'true',
    dependsOn: ['build', ...after.map((step) => ({ ...step, params: 'forward' as const }))],
    inputs: [
      'production',
      '^production',
      { env: variables.root },
      { runtime: `node ${installed('nx-plugin', 'fingerprint.js')}` },
    ],
    // Nothing for Nx to keep: the executor watches over the files where they are.
    outputs: [],
    metadata: { description, ...help(kind) },
  };
}

export function preprocessTargets(): Targets {
  return {
    preprocess: stepTarget({
      kind: 'preprocess',
      program: installed('preprocess', 'main.js'),
      // As many folds as the demo trains, so that each slice has one.
      demoSettings: ['--folds', '2'],
      folder: 'intermediate_output/preprocessed_data',
      products: ['train_folds.arrow', 'test.arrow', '*.arrow', 'generation.json'],
      after: [],
      description: 'Tables, folds and targets from the DICOM files and the label CSV',
    }),
  };
}

export function baseModelTargets(
  { name, projectRoot, folds }: StepContext,
  { features }: { readonly features: boolean },
): Targets {
  const folder = `intermediate_output/${name}`;
  const targets: Targets = {};
  for (const fold of folds) {
    const programArguments = ['--app', projectRoot, '--fold', String(fold)];
    targets[`train-fold-${fold}`] = stepTarget({
      kind: 'train',
      program: installed('training', 'bin/train.js'),
      programArguments,
      demoSettings: oneThread,
      folder,
      products: [`fold${fold}_epoch*.safetensors`, `fold${fold}_train.json`],
      after: [{ projects: ['preprocess'], target: 'preprocess' }],
      description: `Trains on all folds except ${fold}; resumes where it stopped`,
    });
    const tables = [`fold${fold}_valid`, `fold${fold}_test`];
    targets[`predict-fold-${fold}`] = stepTarget({
      kind: 'predict',
      program: installed('training', 'bin/predict.js'),
      programArguments,
      demoSettings: oneThread,
      folder,
      products: [
        ...tables.map((table) => `${table}.arrow`),
        `fold${fold}.json`,
        ...(features ? tables.map((table) => `${table}_features.arrow`) : []),
      ],
      after: [{ target: `train-fold-${fold}` }],
      description: `Predicts fold ${fold} and the test set`,
    });
  }
  targets['train'] = allFolds('train', 'train', folds, 'Trains every fold that is not trained');
  targets['predict'] = allFolds('predict', 'predict', folds, 'Trains and predicts every fold');
  return targets;
}

export function stackerTargets(
  context: StepContext,
  { runner, inputs }: { readonly runner: string; readonly inputs: readonly string[] },
): Targets {
  const { name, projectRoot, folds } = context;
  const targets: Targets = {};
  for (const fold of folds) {
    targets[`train-fold-${fold}`] = stepTarget({
      kind: 'stack',
      program: installed('stacking', `bin/${runner}.js`),
      programArguments: ['--app', projectRoot, '--fold', String(fold)],
      demoSettings: oneThread,
      folder: `intermediate_output/${name}`,
      // The last: nested predictions, of those stackers that have any.
      products: [
        `fold${fold}_valid.arrow`,
        `fold${fold}_test.arrow`,
        `fold${fold}.json`,
        `fold${fold}_*.arrow`,
      ],
      after: predictionsOf(context, inputs),
      description: `Fits on all folds except ${fold}; predicts fold ${fold} and the test set`,
    });
  }
  targets['train'] = allFolds('stack', 'train', folds, 'Fits and predicts every fold');
  return targets;
}

export function submissionTargets(
  context: StepContext,
  { inputs }: { readonly inputs: readonly string[] },
): Targets {
  return {
    make: stepTarget({
      kind: 'submission',
      program: installed('submission', 'main.js'),
      programArguments: ['--app', context.projectRoot],
      folder: 'output',
      products: ['submission.csv', 'leaderboard.json', 'leaderboard.html', 'leaderboard.txt'],
      after: predictionsOf(context, inputs),
      description: 'output/submission.csv and the leaderboard',
    }),
  };
}

function allFolds(
  kind: StepKind,
  verb: string,
  folds: readonly number[],
  description: string,
): TargetConfiguration {
  return {
    executor: `@ichor/nx-plugin:all-${kind}`,
    // The settings given to the whole are those of every fold.
    dependsOn: folds.map((fold) => ({
      target: `${verb}-fold-${fold}`,
      params: 'forward',
    })),
    configurations: { demo: {} },
    metadata: { description, ...help(kind) },
  };
}

/** The tasks that write the predictions of these models. */
function predictionsOf({ name, kindOf }: StepContext, inputs: readonly string[]) {
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
