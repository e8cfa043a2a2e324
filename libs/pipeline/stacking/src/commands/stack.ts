import { defineCommand, RunRecord, type CommandContext } from '@ichor/cli';
import {
  appFolder,
  fastDevRunOf,
  FoldReport,
  foldOptions,
  modelPositional,
  stoppedSafely,
  tensorboardOption,
} from '@ichor/experiment';
import { chosenFolds } from '@ichor/folds';
import { layout, MODEL_NAME } from '@ichor/tables';
import { z } from 'zod';
import type { Stacker } from '../config/schema.js';
import { StackingBoard } from '../report/stacking-board.js';
import { scoreText, stackingEvents } from '../report/stacking-events.js';
import { stackerFiles } from '../train/files.js';
import { trainStackerFold } from '../train/train-stacker-fold.js';
import { loadStacker, printedSettings } from './load-stacker.js';
import { oneRoundOf } from './one-round.js';
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
  fastDevRun: z
    .boolean()
    .describe('One round or epoch of everything, on all slices, to the predictions; nothing of it is kept'),
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
    { command: 'stack lgbm-stacking-1 --fold 0 --fast-dev-run', does: 'try everything; leaves nothing' },
    {
      command: 'stack lgbm-stacking-1 --run two --inputs xception,xception.slow',
      does: 'a stacker of two runs of one network, beside the first',
    },
  ],
  async run(options, context) {
    const { fold, config, run, inputs } = options;
    const { positionals, signal, print } = context;
    const stacker = await loadStacker(appFolder(options.app, positionals), { config, run, inputs });
    if (options.printConfig) {
      print(printedSettings(stacker));
      return;
    }
    if (options.plan) {
      const plan = await planStacker(stacker, chosenFolds(fold));
      print(options.json ? JSON.stringify(plan, null, 2) : stackerPlanText(plan));
      return;
    }
    const folds = chosenFolds();
    const work = options.fastDevRun ? fastDevRun : stackFold;
    for (const one of chosenFolds(fold)) {
      await work({ stacker, fold: one, folds }, options, context);
      if (signal.aborted) return;
    }
  },
});

interface StackedFold {
  readonly stacker: Stacker;
  readonly fold: number;
  /** All that are in use. */
  readonly folds: readonly number[];
}

/** Everything once: a round or an epoch, its files and the predictions, which are read back. Nothing of it stays. */
async function fastDevRun(
  { stacker, fold, folds }: StackedFold,
  options: z.infer<z.ZodObject<typeof stackOptions>>,
  context: Pick<CommandContext, 'signal' | 'terminal' | 'print'>,
): Promise<void> {
  const quiet = { ...context, print: () => undefined };
  const passed = await fastDevRunOf(layout(), stacker.name, fold, async (name) => {
    await stackFold({ stacker: oneRoundOf(stacker, name), fold, folds }, options, quiet);
    return !context.signal.aborted;
  });
  if (passed === undefined) return;
  context.print(
    options.json
      ? JSON.stringify({ model: stacker.name, fold, status: 'passed', ...passed })
      : `${stacker.name} fold ${fold}: one round passed through fitting, event files and the predictions of ` +
          `${passed.slices} slices; its ${(passed.bytes / 1e6).toFixed(1)} MB are removed`,
  );
}

/** Fits a stacker for one fold and tells of it: terminal, log, manifest, TensorBoard. */
async function stackFold(
  { stacker, fold, folds }: StackedFold,
  options: z.infer<z.ZodObject<typeof stackOptions>>,
  { signal, terminal, print }: Pick<CommandContext, 'signal' | 'terminal' | 'print'>,
): Promise<void> {
  const { engine, provider, gbdt, threads, nested, fresh, tensorboard, json } = options;
  const files = stackerFiles(layout(), stacker.name, fold);
  const record = new RunRecord({
    command: 'stack',
    config: { fold, folds, configuration: options.config ?? null, ...stacker },
    seeds: { seed: stacker.seed },
  });
  const report = new FoldReport({
    name: `${stacker.name} fold ${fold}`,
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
        fold,
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
        ? JSON.stringify({ model: stacker.name, fold, status, scores: scores ?? null })
        : `${stacker.name} fold ${fold}: ${words[status]}`,
    );
  });
}
