import { join } from 'node:path';
import type { Layout } from '@ichor/tables';

/** The files that one fold of every model has, whatever kind of model it is. */
export interface FoldFiles {
  readonly folder: string;
  /** Prefix of the names of all its files except the record. */
  readonly prefix: string;
  /** The parts of the fold; see `FoldRecord`. */
  readonly record: string;
  readonly valid: string;
  readonly test: string;
  /** Which parts of a training are done. */
  readonly history: string;
  readonly trainManifest: string;
  readonly trainLog: string;
  /** A further file of the fold. */
  file(name: string): string;
}

export function foldFiles(layout: Layout, model: string, fold: number): FoldFiles {
  const folder = layout.model(model);
  const prefix = `fold${fold}_`;
  const file = (name: string): string => join(folder, prefix + name);
  return {
    folder,
    prefix,
    record: join(folder, `fold${fold}.json`),
    valid: layout.predictions(model, fold, 'valid'),
    test: layout.predictions(model, fold, 'test'),
    history: file('history.json'),
    trainManifest: file('train.json'),
    trainLog: file('train.log'),
    file,
  };
}
