import type { BaseModel } from '@ichor/base-model';
import type { CommandContext } from '@ichor/cli';
import { endedWell, hyperparametersOf, stoppedSafely } from '@ichor/experiment';
import type { Engine } from '@ichor/runtime';
import { layout } from '@ichor/tables';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import { imageName } from '../data/images.js';
import { MetricsLog } from '../report/metrics-log.js';
import { TrainingBoard } from '../report/training-board.js';
import { trainingEvents } from '../report/training-events.js';
import { bestEpoch } from '../train/history.js';
import { describeLosses } from '../train/losses.js';
import { trainFold } from '../train/train-fold.js';
import { cacheOf, type trainOptions } from './options.js';
import { openFold } from './run.js';

const words = {
  complete: 'trained',
  stopped: stoppedSafely(),
  'nothing-to-do': 'was trained already',
};

/** Trains one fold and tells of it: terminal, log, metrics, event files, manifest. */
export async function trainOneFold(
  model: BaseModel,
  fold: number,
  engine: Engine,
  options: z.infer<z.ZodObject<typeof trainOptions>>,
  { signal, terminal, print }: Pick<CommandContext, 'signal' | 'terminal' | 'print'>,
): Promise<void> {
  const { files, record, report } = openFold({ command: 'train', model, fold, options, engine, terminal });
  const losses = describeLosses(model);
  const board =
    options.tensorboard === 'off'
      ? undefined
      : new TrainingBoard({
          folder: files.tensorboard,
          group: basename(files.folder),
          settings: hyperparametersOf({ ...model, engine: engine.description }),
          losses,
          imageOf: (id) => join(layout().input.trainImages, imageName(id)),
        });
  const metrics = new MetricsLog(files.metrics);
  const events = trainingEvents(report, { metrics, board, epochs: model.epochs, losses });
  await report.while(async () => {
    const { status, history } = await trainFold({
      model,
      fold,
      engine,
      workers: options.workers,
      cache: cacheOf(options),
      prefetch: options.prefetch,
      checkpointMinutes: options.checkpointMinutes,
      fresh: options.fresh,
      signal,
      events,
    });
    if (status === 'complete') {
      board?.ended(history.epochs.reduce((steps, epoch) => steps + epoch.steps, 0));
    }
    const best = bestEpoch(history);
    record.setData(history.identity.data);
    record.result('epochs', history.epochs);
    record.result('start', history.identity.start);
    record.result('best', best?.epoch ?? null);
    // A crash may have come between the last epoch and its manifest.
    if (status !== 'nothing-to-do' || !(await endedWell(files.trainManifest))) {
      await record.write(files.trainManifest, status === 'stopped' ? 'stopped' : 'complete');
    }
    const loss = best === undefined ? '' : `, best validation loss ${best.validationLoss.toFixed(5)}`;
    const outcome = `${model.name} fold ${fold}: ${words[status]}${loss}`;
    report.ended(outcome);
    print(options.json ? JSON.stringify({ model: model.name, fold, status, best: best ?? null }) : outcome);
  });
}
