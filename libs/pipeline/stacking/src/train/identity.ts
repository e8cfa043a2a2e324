import { hashFile } from '@ichor/cli';
import { hashOf } from '@ichor/experiment';
import type { Layout } from '@ichor/tables';
import type { Stacker } from '../config/schema.js';

/**
 * What a fitted fold depends on: settings, folds, and the content of every file that is read. A fold whose
 * files were made under the same identity is done.
 *
 * @throws IchorError `files/not-readable`
 */
export async function foldIdentity(
  paths: Layout,
  stacker: Stacker,
  fold: number,
  folds: readonly number[],
  engine: string,
): Promise<string> {
  const files = [
    paths.preprocessed('train_folds'),
    paths.preprocessed('test'),
    ...stacker.inputs.flatMap((model) => [
      ...folds.map((other) => paths.predictions(model, other, 'valid')),
      ...folds.map((other) => paths.predictions(model, other, 'nested')),
      paths.predictions(model, fold, 'test'),
    ]),
    ...(stacker.kind === 'sequence' ? stacker.embeddings : []).flatMap((model) => [
      ...folds.map((other) => paths.features(model, other, 'valid')),
      paths.features(model, fold, 'test'),
    ]),
  ];
  const states: string[] = [];
  for (const path of files) states.push(await hashFile(path));
  return hashOf({ stacker, fold, folds, engine, states });
}
