#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  defineCommand,
  defineGroup,
  formatBytes,
  formatDuration,
  runCommand,
  UsageError,
  type CommandContext,
} from '@ichor/cli';
import { IchorError, variables } from '@ichor/files';
import { layout, rootFolder } from '@ichor/tables';
import { z } from 'zod';
import { buildLightgbm } from './boosted-trees.js';
import { demo, makeDemoData, whatIsSmall } from './demo.js';
import { peakMemory } from './peak-memory.js';
import { runTasks } from './run-tasks.js';
import { planTasks } from './task-plan.js';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

interface PipelineRun {
  readonly label: string;
  readonly root: string;
  readonly task: string;
  readonly folds: readonly number[];
  /** Steps side by side: more than one only where each is small. */
  readonly parallel: number;
}

/** Runs `submission:make` with all that it needs and prints the leaderboard. */
async function runPipeline(
  { label, root, task, folds, parallel }: PipelineRun,
  { terminal, signal, print }: CommandContext,
): Promise<void> {
  const paths = layout(root);
  const env = {
    ...process.env,
    [variables.root]: root,
    [variables.folds]: folds.join(','),
    ...(parallel > 1 ? { [variables.parallel]: 'true' } : {}),
  };
  const logFile = join(paths.outputFolder, `${label}.log`);
  const steps = await planTasks(workspace, task, env);
  const summary = await runTasks({ workspace, task, steps, label, env, logFile, terminal, signal, parallel });
  const board = join(paths.outputFolder, 'leaderboard.txt');
  print(`\n${await readFile(board, 'utf8')}`);
  print(
    `${summary.ran} steps ran, ${summary.unchanged} were there already, ${formatDuration(summary.seconds)}. ` +
      `Everything that they printed: ${logFile}`,
  );
  const peak = await peakMemory(join(root, 'intermediate_output'));
  if (peak !== undefined) print(`Most memory: ${formatBytes(peak.bytes)} by ${peak.step}`);
}

const demoCommand = defineCommand({
  name: 'demo',
  summary:
    'The whole pipeline on synthetic heads: phantom data, eleven networks, five stackers, leaderboard.',
  description:
    'Takes minutes on two cores. A second run finds everything done. Stopped by Ctrl-C, the same command goes on.',
  options: {
    root: z.string().default('demo').describe('Folder for the data and the results'),
    patients: z.number().int().min(4).default(demo.patients).describe('Synthetic patients to train on'),
    testPatients: z.number().int().min(1).default(demo.testPatients).describe('Synthetic patients to test'),
  },
  examples: [
    { command: 'npm run demo', does: 'everything, in demo/' },
    { command: 'npm run demo -- --root larger --patients 60', does: 'more data, more time, better figures' },
  ],
  async run({ root, ...size }, context) {
    const folder = resolve(process.env['INIT_CWD'] ?? workspace, root);
    context.print(
      `What is small here:\n${whatIsSmall(size)
        .map((line) => `- ${line}`)
        .join('\n')}\n`,
    );
    await makeDemoData(folder, size, context.terminal, context.signal);
    await runPipeline(
      {
        label: 'demo',
        root: folder,
        task: 'submission:make:demo',
        folds: demo.folds,
        parallel: availableParallelism(),
      },
      context,
    );
  },
});

const pipelineCommand = defineCommand({
  name: 'pipeline',
  summary: 'The whole pipeline on your data: input/ below ICHOR_ROOT (default: the workspace).',
  description:
    'On the data of the challenge this takes weeks of GPU time; docs/pipeline.md tells what to expect.',
  options: {
    folds: z
      .array(z.number().int().min(0).max(4))
      .default([0, 1, 2, 3, 4])
      .describe('The folds to train and to stack, at least two: each stacker learns from the other folds'),
  },
  examples: [
    { command: 'npm run pipeline', does: 'everything that is not done yet' },
    { command: 'ICHOR_ROOT=/data/rsna npm run pipeline -- --folds 0,1', does: 'two folds of every model' },
  ],
  async run({ folds }, context) {
    if (new Set(folds).size < 2) {
      throw new UsageError(
        `--folds ${folds.join(',')}: stackers learn from other folds, so there must be at least two`,
        `one fold of every network: ICHOR_FOLDS=${folds.join(',') || '0'} npx nx run-many -t predict`,
      );
    }
    const root = rootFolder(workspace);
    const { input } = layout(root);
    if (!existsSync(input.trainCsv)) {
      throw new IchorError({
        code: 'pipeline/no-input',
        file: input.trainCsv,
        reason: 'there is no data set',
        remedy: 'unpack the data of the challenge into input/ (docs/pipeline.md), or try npm run demo',
      });
    }
    await buildLightgbm(workspace, context.terminal);
    await runPipeline({ label: 'pipeline', root, task: 'submission:make', folds, parallel: 1 }, context);
  },
});

await runCommand(
  defineGroup({
    name: 'npm run',
    summary: 'The whole pipeline by one command.',
    commands: [demoCommand, pipelineCommand],
  }),
);
