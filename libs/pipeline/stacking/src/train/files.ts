import { foldFiles, type FoldFiles } from '@ichor/experiment';
import { LABELS, type Label, type Layout } from '@ichor/tables';
import type { Stacker } from '../config/schema.js';

/** The files of one fold of one stacker. */
export interface StackerFiles extends FoldFiles {
  /** Answers for whole series, of a stacker that gives them. */
  readonly validStudies: string;
  readonly testStudies: string;
  /** The validation fold again, with every choice made on other folds. */
  readonly nested: string;
  /** Weights of the network for all labels. */
  readonly weights: string;
  /** Weights of one label's network. */
  labelWeights(label: Label): string;
  /** One label's booster. */
  booster(label: Label, engine: 'lightgbm' | 'ml-xgboost'): string;
  /** Folder of the event files. */
  readonly tensorboard: string;
  readonly importanceTable: string;
  readonly importancePicture: string;
}

export function stackerFiles(layout: Layout, name: string, fold: number): StackerFiles {
  const files = foldFiles(layout, name, fold);
  const { file } = files;
  return {
    ...files,
    validStudies: layout.studyPredictions(name, fold, 'valid'),
    testStudies: layout.studyPredictions(name, fold, 'test'),
    nested: layout.predictions(name, fold, 'nested'),
    weights: file('weights.safetensors'),
    labelWeights: (label) => file(`${label}.safetensors`),
    booster: (label, engine) =>
      file(engine === 'lightgbm' ? `${label}.lightgbm.txt` : `${label}.xgboost.json`),
    tensorboard: file('tensorboard'),
    importanceTable: file('importance.csv'),
    importancePicture: file('importance.svg'),
  };
}

/** The files that a fitted fold predicts with: one under `all`, or one a label. */
export function partFiles(
  { kind }: Stacker,
  files: StackerFiles,
  trees: 'lightgbm' | 'ml-xgboost' | undefined,
): Readonly<Record<string, string>> {
  if (kind === 'cnn-1' || kind === 'cnn-2' || kind === 'sequence') return { all: files.weights };
  return Object.fromEntries(
    LABELS.map((label) => [
      label,
      trees === undefined ? files.labelWeights(label) : files.booster(label, trees),
    ]),
  );
}
