import { defineCommand, RunRecord } from '@ichor/cli';
import {
  appFolder,
  FoldReport,
  foldOptions,
  modelPositional,
  stoppedSafely,
  tensorboardOption,
} from '@ichor/experiment';
import { chosenFolds } from '@ichor/folds';
import { layout, MODEL_NAME } from '@ichor/tables';
import { z } from 'zod';
import { StackingBoard } from '../report/stacking-board.js';
import { scoreText, stackingEvents } from '../report/stacking-events.js';
import { stackerFiles } from '../train/files.js';
import { trainStackerFold } from '../train/train-stacker-fold.js';
import { loadStacker, printedSettings } from './load-stacker.js';
import { planStacker, stackerPlanText } from './plan.js';

const words = {
  complete: 'fitted',
  stopped: stoppedSafely(),
  'nothing-to-do': 'was fitted already',
};

const stackOptions = {
  ...foldOptions,
  inputs: z
    .array(z.string().regex(MODEL_NAME, 'names of models'))
    .optional()
    .describe('Models that it combines in place of those of its app; MODEL.NAME is the run NAME of one'),
  gbdt: z
    .enum(['auto', 'lightgbm', 'ml-xgboost'])
    .default('auto')
    .describe('Library of the trees: auto is LightGBM if it is installed, otherwise ml-xgboost'),
  nested: z
    .boolean()
    .default(true)
    .describe('Fit a second time with every choice made on other folds, for the leaderboard'),
  tensorboard: tensorboardOption,
  json: z.boolean().describe('Print a line of JSON for each fold'),
};

export const stackCommand = defineCommand({
  name: 'stack',
  summary: 'Fits a stacker: every fold, or one; resumes where it stopped.',
  description:
    'Works below ICHOR_ROOT (default: the workspace) on the folds of ICHOR_FOLDS (default: all five). ' +
    'Ctrl-C keeps the labels that are done; the same command resumes. Not a medical device.',
  options: stackOptions,
  positionals: modelPositional,
  examples: [
    { command: 'stack lgbm-stacking-1 --fold 0', does: 'fit fold 0' },
    {
      command: 'stack lgbm-stacking-1 --run two --inputs xception,xception.slow',
      does: 'a stacker of two runs of one network, beside the first',
    },
  ],
  async run(options, { positionals, signal, terminal, print }) {
    const { fold, config, run, inputs, engine, provider, gbdt, threads, nested, fresh, tensorboard, json } =
      options;
    const stacker = await loadStacker(appFolder(options.app, positionals), { config, run, inputs });
    if (options.printConfig) {
      print(printedSettings(stacker));
      return;
    }
    if (options.plan) {
      const plan = await planStacker(stacker, chosenFolds(fold));
      print(json ? JSON.stringify(plan, null, 2) : stackerPlanText(plan));
      return;
    }
    const folds = chosenFolds();
    for (const one of chosenFolds(fold)) {
      const files = stackerFiles(layout(), stacker.name, one);
      const record = new RunRecord({
        command: 'stack',
        config: { fold: one, folds, configuration: config ?? null, ...stacker },
        seeds: { seed: stacker.seed },
      });
      const report = new FoldReport({
        name: `${stacker.name} fold ${one}`,
        logFile: files.trainLog,
        manifest: files.trainManifest,
        record,
        terminal,
      });
      const board = tensorboard === 'off' ? undefined : new StackingBoard(files.tensorboard);
      await report.while(async () => {
        const { status, scores, parts, data, ...result } = await record.time('fit', () =>
          trainStackerFold({
            stacker,
            fold: one,
            folds,
            engine,
            provider,
            gbdt,
            nested,
            fresh,
            signal,
            events: stackingEvents(report, board),
            ...(threads === undefined ? {} : { threads }),
          }),
        );
        if (result.engine !== undefined) {
          record.setEngine(result.engine);
          report.log.info(`engine: ${result.engine}`);
        }
        record.result('parts', parts);
        record.result('scores', scores ?? null);
        record.result('filled', data?.filled ?? null);
        for (const set of ['valid', 'test'] as const) {
          for (const id of data?.dropped[set] ?? []) record.drop(id, `no model predicted it (${set})`);
        }
        if (status !== 'nothing-to-do') {
          await record.write(files.trainManifest, status === 'complete' ? 'complete' : 'stopped');
        }
        if (scores !== undefined) {
          await board?.finish(stacker, scores);
          report.message(scoreText(scores));
        }
        print(
          json
            ? JSON.stringify({ model: stacker.name, fold: one, status, scores: scores ?? null })
            : `${stacker.name} fold ${one}: ${words[status]}`,
        );
      });
      if (signal.aborted) return;
    }
  },
});
