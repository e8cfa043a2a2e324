import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readVariable } from '@ichor/files';

/** The five tables of a preprocessed set. */
export const PREPROCESSED_TABLES = ['train_raw', 'train', 'train_folds', 'test_raw', 'test'] as const;
export type PreprocessedTable = (typeof PREPROCESSED_TABLES)[number];

/** The suffix of the tables of the set with soft targets. */
export const CUSTOM_LABELS_SUFFIX = '_senet154_customlabels';

export type PreprocessedName =
  PreprocessedTable | `${PreprocessedTable}${typeof CUSTOM_LABELS_SUFFIX}` | 'train_fold_with_label_smooth';

/** The slices of a prediction: the out-of-fold part of the training set, or the test set. */
export type PredictionKind = 'valid' | 'test';

export interface Layout {
  readonly root: string;
  readonly input: {
    readonly folder: string;
    readonly trainCsv: string;
    readonly sampleSubmission: string;
    readonly trainImages: string;
    readonly testImages: string;
  };
  /** Folder of the preprocessed tables. */
  readonly preprocessedFolder: string;
  preprocessed(name: PreprocessedName): string;
  /** The record of the tables that belong together; see `readGeneration`. */
  readonly generation: string;
  /** Folder of a model or stacker: predictions, weights, logs, temporary files. */
  model(name: string): string;
  /** `nested`: the out-of-fold part again, from a stacker that chose its stopping point on other folds. */
  predictions(model: string, fold: number, set: PredictionKind | 'nested'): string;
  features(model: string, fold: number, set: PredictionKind): string;
  /** Predictions for whole series. */
  studyPredictions(model: string, fold: number, set: PredictionKind): string;
  readonly outputFolder: string;
  readonly submission: string;
}

/** The name of an experiment; one run of a model has no name. It becomes part of a folder's name: no dots, no separators. */
export const RUN_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The name of a model, with that of a run after a dot. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]{0,39})?$/;

/**
 * The name under which a run of a model keeps its files and appears in reports: `xception`, or `xception.lr3` for the run
 * `lr3`, as in the names of timm. Names of models hold no dot, so the name of a run is never the name of a model.
 */
export function runName(model: string, run: string | undefined): string {
  return run === undefined ? model : `${model}.${run}`;
}

/** Whether a name is that of a named run. Bundle, stackers and submission use named runs only on request. */
export function isNamedRun(name: string): boolean {
  return name.includes('.');
}

/**
 * The folder that holds `input/`, `intermediate_output/` and `output/`: the environment variable
 * `ICHOR_ROOT`, otherwise the nearest parent of the current folder with an `nx.json`, otherwise the current one.
 */
export function rootFolder(from: string = process.cwd()): string {
  const named = readVariable('root');
  if (named !== undefined) return resolve(named);
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (folder === dirname(folder)) return resolve(from);
  }
}

/** Every path of the pipeline under one root folder. */
export function layout(root: string = rootFolder()): Layout {
  const input = join(root, 'input');
  const intermediate = join(root, 'intermediate_output');
  const preprocessedFolder = join(intermediate, 'preprocessed_data');
  const model = (name: string) => join(intermediate, name);
  return {
    root,
    input: {
      folder: input,
      trainCsv: join(input, 'stage_2_train.csv'),
      sampleSubmission: join(input, 'stage_2_sample_submission.csv'),
      trainImages: join(input, 'stage_2_train_images'),
      testImages: join(input, 'stage_2_test_images'),
    },
    preprocessedFolder,
    preprocessed: (name) => join(preprocessedFolder, `${name}.arrow`),
    generation: join(preprocessedFolder, 'generation.json'),
    model,
    predictions: (name, fold, set) => join(model(name), `fold${fold}_${set}.arrow`),
    features: (name, fold, set) => join(model(name), `fold${fold}_${set}_features.arrow`),
    studyPredictions: (name, fold, set) => join(model(name), `fold${fold}_${set}_studies.arrow`),
    outputFolder: join(root, 'output'),
    submission: join(root, 'output', 'submission.csv'),
  };
}
