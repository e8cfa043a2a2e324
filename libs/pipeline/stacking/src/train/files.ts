import { join } from 'node:path';
import type { Label, Layout } from '@ichor/tables';

/** The files of one fold of one stacker. */
export interface StackerFiles {
  readonly folder: string;
  readonly valid: string;
  readonly test: string;
  /** The validation fold again, with every choice made on other folds. */
  readonly nested: string;
  readonly history: string;
  readonly manifest: string;
  readonly log: string;
  /** Weights of the network for all labels. */
  readonly weights: string;
  /** Weights of one label's network. */
  labelWeights(label: Label): string;
  /** One label's booster. */
  booster(label: Label, engine: 'lightgbm' | 'ml-xgboost'): string;
  readonly importanceTable: string;
  readonly importancePicture: string;
}

export function stackerFiles(layout: Layout, name: string, fold: number): StackerFiles {
  const folder = layout.model(name);
  const file = (rest: string) => join(folder, `fold${fold}_${rest}`);
  return {
    folder,
    valid: layout.predictions(name, fold, 'valid'),
    test: layout.predictions(name, fold, 'test'),
    nested: layout.predictions(name, fold, 'nested'),
    history: file('history.json'),
    manifest: file('train.json'),
    log: file('train.log'),
    weights: file('weights.safetensors'),
    labelWeights: (label) => file(`${label}.safetensors`),
    booster: (label, engine) =>
      file(engine === 'lightgbm' ? `${label}.lightgbm.txt` : `${label}.xgboost.json`),
    importanceTable: file('importance.csv'),
    importancePicture: file('importance.svg'),
  };
}
