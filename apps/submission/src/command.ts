import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineCommand, RunRecord, UsageError } from '@ichor/cli';
import { readEnsemble } from '@ichor/experiment';
import { writeFileAtomic } from '@ichor/files';
import { notMedicalDevice } from '@ichor/report';
import { layout } from '@ichor/tables';
import { z } from 'zod';
import { config } from './config.js';
import { makeSubmission } from './make-submission.js';
import { terminalLeaderboard } from './terminal-table.js';

/** This app. */
const here = fileURLToPath(new URL('..', import.meta.url));

export const submissionCommand = defineCommand({
  name: 'submission',
  summary: 'Writes output/submission.csv, and the leaderboard as a table, JSON and HTML.',
  description:
    'Compares any subset of the models by their existing predictions below ICHOR_ROOT (default: the workspace). ' +
    'The model that is submitted must have predicted the test set.',
  options: {
    app: z
      .string()
      .optional()
      .describe('Folder of the app; the models are the apps beside it. Default: this package'),
    final: z.string().optional().describe('The model that is submitted; default that of package.json'),
    config: z.enum(['demo']).optional().describe('Accepted as in every step; has no effect here'),
    draws: z.number().int().min(10).default(config.bootstrap.loss).describe('Resamples of the patients'),
  },
  examples: [
    { command: 'submission', does: 'submit the model that package.json names' },
    { command: 'submission --final xception', does: 'submit a single network' },
  ],
  async run({ app = here, final, draws }, { print }) {
    const ensemble = await readEnsemble(dirname(resolve(app)));
    const { models } = ensemble;
    const chosen = final ?? ensemble.final ?? '';
    if (!models.some(({ name }) => name === chosen)) {
      const names = models.map(({ name }) => name).join(', ');
      throw new UsageError(`--final ${chosen}: there is no such model`, `one of ${names}`);
    }
    const paths = layout();
    const scoring = { ...config, bootstrap: { ...config.bootstrap, loss: draws } };
    const plan = { models, final: chosen, scoring };
    const run = new RunRecord({
      command: 'submission',
      config: plan,
      seeds: { bootstrap: config.bootstrap.seed },
    });
    const { board, test, testConstantLoss, submission, notes } = await makeSubmission(paths, plan, run);
    const text = [
      terminalLeaderboard({ board, test, final: chosen, testConstantLoss }),
      ...notes,
      '',
      `${paths.submission}: ${submission.rows} rows, in order, finite, in range. ` +
        `Plots: ${join(paths.outputFolder, 'leaderboard.html')}`,
      notMedicalDevice,
    ].join('\n');
    print(text);
    await writeFileAtomic(join(paths.outputFolder, 'leaderboard.txt'), `${text}\n`);
    await run.write(join(paths.outputFolder, 'submission.json'));
  },
});
