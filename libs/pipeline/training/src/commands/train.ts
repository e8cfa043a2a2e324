import { defineCommand } from '@ichor/cli';
import {
  endedWell,
  engineOf,
  hyperparametersOf,
  modelPositional,
  stoppedSafely,
  tensorboardOption,
} from '@ichor/experiment';
import { chosenFolds } from '@ichor/folds';
import { layout } from '@ichor/tables';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { MetricsLog } from '../report/metrics-log.js';
import { TrainingBoard } from '../report/training-board.js';
import { trainingEvents } from '../report/training-events.js';
import { imageName } from '../data/images.js';
import { bestEpoch } from '../train/history.js';
import { describeLosses } from '../train/losses.js';
import { trainFold } from '../train/train-fold.js';
import { planModel, planText } from '../plan/plan.js';
import { commonOptions } from './options.js';
import { modelOf, openFold, printedSettings } from './run.js';

const words = {
  complete: 'trained',
  stopped: stoppedSafely(),
  'nothing-to-do': 'was trained already',
};

export const trainCommand = defineCommand({
  name: 'train',
  summary: 'Trains a base model: every fold, or one; resumes where it stopped.',
  description:
    'Works below ICHOR_ROOT (default: the workspace) on the folds of ICHOR_FOLDS (default: all five). Ctrl-C saves; the same command resumes. Not a medical device.',
  options: {
    ...commonOptions,
    checkpointMinutes: z.number().min(0).default(10).describe('Time between checkpoints inside an epoch'),
    tensorboard: tensorboardOption,
    json: z.boolean().describe('Print a line of JSON for each fold'),
  },
  examples: [
    { command: 'train model-base --fold 0', does: 'train fold 0' },
    { command: 'train xception --config demo', does: 'all folds, small images, few epochs' },
    { command: 'train xception --print-config > slow.yaml', does: 'the settings, to edit' },
    { command: 'train xception --plan', does: 'what it would do, hours, disk and memory' },
    {
      command: 'train xception --fold 0 --run slow --config slow.yaml',
      does: 'another experiment beside the first',
    },
  ],
  positionals: modelPositional,
  async run(options, { positionals, signal, terminal, print }) {
    const model = await modelOf(options, positionals);
    if (options.printConfig) {
      print(printedSettings(model));
      return;
    }
    const engine = await engineOf(options);
    const { precision = 'float32' } = model;
    if (precision !== 'float32' && engine.provider === 'cpu') {
      terminal.print(
        `--precision ${precision}: the CPU rounds the operands and multiplies in float32, which takes longer than float32`,
      );
    }
    if (options.plan) {
      const plan = await planModel(layout(), model, engine, {
        folds: chosenFolds(options.fold),
        predict: false,
        retrain: options.fresh,
        repredict: false,
      });
      print(options.json ? JSON.stringify(plan, null, 2) : planText(plan));
      return;
    }
    for (const fold of chosenFolds(options.fold)) {
      const { files, record, report } = openFold({
        command: 'train',
        model,
        fold,
        options,
        engine,
        terminal,
      });
      const losses = describeLosses(model);
      const board =
        options.tensorboard === 'off'
          ? undefined
          : new TrainingBoard({
              folder: files.tensorboard,
              group: basename(files.folder),
              settings: hyperparametersOf({ ...model, engine: `${engine.name}/${engine.provider}` }),
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
        print(
          options.json ? JSON.stringify({ model: model.name, fold, status, best: best ?? null }) : outcome,
        );
      });
      if (signal.aborted) return;
    }
  },
});
