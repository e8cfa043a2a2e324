import type { BaseModel } from '@ichor/base-model';
import type { CommandContext } from '@ichor/cli';
import { fastDevRunOf } from '@ichor/experiment';
import type { Engine } from '@ichor/runtime';
import { layout, type PredictionKind } from '@ichor/tables';
import type { z } from 'zod';
import type { trainOptions } from './options.js';
import { predictOneFold } from './predict-one-fold.js';
import { trainOneFold } from './train-one-fold.js';

const sets: readonly PredictionKind[] = ['valid', 'test'];

/**
 * Everything once on one batch of slices: a step of training, its validation, checkpoint, weights, event files, log and
 * manifest, and the predictions of both sets, which are read back. Nothing of it stays.
 *
 * @throws ExperimentError `experiment/unreadable` when the predictions are no probabilities, and all errors of the steps
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
  // The lines of the steps are not shown; the outcome is printed at the end.
  const quiet = { ...context, print: () => undefined };
  const passed = await fastDevRunOf(layout(), model.name, fold, async (name) => {
    const small = oneStepOf(model, name);
    await trainOneFold(small, fold, engine, options, quiet);
    if (!context.signal.aborted) await predictOneFold({ model: small, fold, engine, options, sets }, quiet);
    return !context.signal.aborted;
  });
  if (passed === undefined) return;
  context.print(
    options.json
      ? JSON.stringify({ model: model.name, fold, status: 'passed', ...passed })
      : `${model.name} fold ${fold}: one step passed through training, validation, checkpoint, weights, event files and ` +
          `the predictions of ${passed.slices} slices; its ${(passed.bytes / 1e6).toFixed(1)} MB are removed`,
  );
}

/** The batch keeps its size; everything else is as small as possible. */
function oneStepOf(model: BaseModel, name: string): BaseModel {
  return {
    ...model,
    name,
    epochs: Math.min(model.epochs, 1),
    limit: Math.min(model.limit ?? model.batchSize, model.batchSize),
    snapshot: 'last',
    slicesPerEpoch: undefined,
    patience: undefined,
    keepSnapshots: undefined,
  };
}
