import type { BaseModel } from '@ichor/base-model';
import type { CommandContext } from '@ichor/cli';
import { readFoldRecord } from '@ichor/experiment';
import { present } from '@ichor/files';
import type { Engine } from '@ichor/runtime';
import { layout, predictionsTable, readTable, runName, type PredictionKind } from '@ichor/tables';
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { TrainingError } from '../error.js';
import { baseModelFiles } from '../files.js';
import type { trainOptions } from './options.js';
import { predictOneFold } from './predict-one-fold.js';
import { trainOneFold } from './train-one-fold.js';

const sets: readonly PredictionKind[] = ['valid', 'test'];

/**
 * Everything once on one batch of slices: a step of training, its validation, checkpoint, weights, event files, log and
 * manifest, and the predictions of both sets, which are read back. It works in the folder of a named run of its own, which
 * nothing reads unless it is asked to, and removes it at the end; files of other runs are not touched.
 *
 * @throws TrainingError `training/unreadable` when the predictions are not those of the slices, and all errors of the steps
 */
export async function fastDevRun(
  model: BaseModel,
  fold: number,
  engine: Engine,
  given: z.infer<z.ZodObject<typeof trainOptions>>,
  context: Pick<CommandContext, 'signal' | 'terminal' | 'print'>,
): Promise<void> {
  // Its disk cache would stay.
  const options = given.cache === 'disk' ? { ...given, cache: 'off' as const } : given;
  const small = oneStepOf(model);
  const { folder } = baseModelFiles(layout(), small.name, fold);
  // The lines of the steps are not shown; the outcome is printed at the end.
  const quiet = { ...context, print: () => undefined };
  try {
    await trainOneFold(small, fold, engine, options, quiet);
    if (!context.signal.aborted) await predictOneFold({ model: small, fold, engine, options, sets }, quiet);
    if (context.signal.aborted) return;
    const slices = await readBack(small, fold);
    const bytes = await sizeOf(folder);
    const outcome = { model: model.name, fold, status: 'passed', slices, bytes };
    context.print(
      options.json
        ? JSON.stringify(outcome)
        : `${model.name} fold ${fold}: one step passed through training, validation, checkpoint, weights, event files and ` +
            `the predictions of ${slices} slices; its ${(bytes / 1e6).toFixed(1)} MB are removed`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The batch keeps its size; everything else is as small as possible. */
function oneStepOf(model: BaseModel): BaseModel {
  const [app = model.name] = model.name.split('.');
  return {
    ...model,
    name: runName(app, `fast-dev-run-${randomBytes(4).toString('hex')}`),
    epochs: Math.min(model.epochs, 1),
    limit: Math.min(model.limit ?? model.batchSize, model.batchSize),
    snapshot: 'last',
    slicesPerEpoch: undefined,
    patience: undefined,
    keepSnapshots: undefined,
  };
}

/** @returns how many slices have predictions */
async function readBack(model: BaseModel, fold: number): Promise<number> {
  const files = baseModelFiles(layout(), model.name, fold);
  let slices = 0;
  for (const path of [files.valid, files.test]) {
    const { columns } = await readTable(path, predictionsTable);
    if (columns.output_any.some((value) => !(value >= 0 && value <= 1))) {
      throw new TrainingError({
        code: 'training/unreadable',
        file: path,
        reason: 'holds values that are not probabilities',
        remedy: 'report this as a fault of the program',
      });
    }
    slices += new Set(columns.ID).size;
  }
  present(await readFoldRecord(files.record), 'the record of the fold');
  return slices;
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
