import { join } from 'node:path';
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

/** The folder of the apps, of which this is one. */
const apps = fileURLToPath(new URL('../..', import.meta.url));

export const submissionCommand = defineCommand({
  name: 'submission',
  summary: 'Writes output/submission.csv, and the leaderboard as a table, JSON and HTML.',
  description:
    'Works below ICHOR_ROOT (default: the workspace) with the existing predictions: any subset of the models ' +
    'can be compared; the one that is submitted must have predicted the test set.',
  options: {
    final: z.string().optional().describe('The model that is submitted; default that of package.json'),
    config: z.enum(['demo']).optional().describe('Accepted as in every step; has no effect here'),
    draws: z.number().int().min(10).default(config.bootstrap.loss).describe('Resamples of the patients'),
  },
  examples: [
    { command: 'npx nx run submission:make', does: 'after all steps that it needs' },
    { command: 'node apps/submission/dist/main.js --final xception', does: 'submit a single network' },
  ],
  async run({ final, draws }, { print }) {
    const ensemble = await readEnsemble(apps);
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
      terminalLeaderboard(board, test, chosen, testConstantLoss),
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
