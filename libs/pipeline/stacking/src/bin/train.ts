#!/usr/bin/env node
import { defineCommand, RunRecord, runCommand, UsageError } from '@ichor/cli';
import { layout } from '@ichor/tables';
import { z } from 'zod';
import { resolveStacker } from '../config/define.js';
import { StackingReport } from '../report/stacking-report.js';
import { stackerFiles } from '../train/files.js';
import { trainStackerFold } from '../train/train-stacker-fold.js';
import { loadApp } from './load-app.js';

const words = {
  complete: 'fitted',
  stopped: 'stopped; the same command goes on',
  'nothing-to-do': 'was fitted already',
};

const options = {
  app: z.string().describe('Folder of the app, e.g. apps/lgbm-stacking-1'),
  fold: z.enum(['all', '0', '1', '2', '3', '4']).default('all').describe('Which fold'),
  config: z.string().optional().describe('A named configuration of the app, e.g. demo'),
  engine: z.enum(['auto', 'onnxruntime', 'tfjs']).default('auto').describe('What runs the networks'),
  provider: z
    .enum(['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml', 'node-gpu', 'node', 'js'])
    .default('auto')
    .describe('Where the engine runs them'),
  gbdt: z
    .enum(['auto', 'lightgbm', 'ml-xgboost'])
    .default('auto')
    .describe('What grows the trees: auto is LightGBM where its library is, else ml-xgboost'),
  threads: z.number().int().positive().optional().describe('Threads of the engine; default all cores'),
  nested: z
    .boolean()
    .default(true)
    .describe('Fit a second time with every choice made on other folds, for the leaderboard'),
  fresh: z.boolean().describe('Drop what an earlier run of the fold left and start over'),
};

await runCommand(
  defineCommand({
    name: 'stack',
    summary: 'Fits a stacker: every fold, or one; goes on where it stopped.',
    description:
      'Works below ICHOR_ROOT (default: the workspace) on the folds of ICHOR_FOLDS (default: all five). ' +
      'Ctrl-C keeps the labels that are done; the same command goes on. Not a medical device.',
    options,
    examples: [{ command: 'stack --app apps/lgbm-stacking-1 --fold 0', does: 'fit fold 0' }],
    async run(
      { app, fold, config, engine, provider, gbdt, threads, nested, fresh },
      { signal, terminal, print },
    ) {
      const stacker = resolveStacker(await loadApp(app), config);
      const folds = chosenFolds(process.env['ICHOR_FOLDS']);
      for (const one of fold === 'all' ? folds : [Number(fold)]) {
        const files = stackerFiles(layout(), stacker.name, one);
        const record = new RunRecord({
          command: 'stack',
          config: { fold: one, folds, configuration: config ?? null, ...stacker },
          seeds: { seed: stacker.seed },
        });
        const report = new StackingReport(`${stacker.name} fold ${one}`, files, terminal);
        try {
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
              events: report.events,
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
            await record.write(files.manifest, status === 'complete' ? 'complete' : 'stopped');
          }
          if (scores !== undefined) report.scores(scores);
          print(`${stacker.name} fold ${one}: ${words[status]}`);
        } catch (error) {
          await record.write(files.manifest, 'failed').catch(() => undefined);
          throw error;
        } finally {
          report.close();
        }
        if (signal.aborted) return;
      }
    },
  }),
);

function chosenFolds(named: string | undefined): number[] {
  if (named === undefined || named.trim() === '') return [0, 1, 2, 3, 4];
  const folds = named.split(',').map(Number);
  if (folds.every((fold) => Number.isInteger(fold) && fold >= 0 && fold <= 4)) {
    return [...new Set(folds)].sort((a, b) => a - b);
  }
  throw new UsageError(`ICHOR_FOLDS is "${named}"; it must list folds from 0 to 4, such as "0,1"`);
}
