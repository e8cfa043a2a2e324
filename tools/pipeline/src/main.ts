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
import type { CohortOptions } from '@ichor/phantom';
import { layout, rootFolder } from '@ichor/tables';
import { commonOptions } from '@ichor/training/commands';
import { z } from 'zod';
import { buildLightgbm } from './boosted-trees.js';
import { demo, demoSet, makeDemoData, whatIsSmall } from './demo.js';
import { bestNetwork, demoSummary, readBoard } from './demo-summary.js';
import { BLEEDS, makePhantomBundle } from './phantom-bundle.js';
import { peakMemory } from './peak-memory.js';
import { printPlan } from './plan.js';
import { checkChoices, hasStackers } from './choices.js';
import type { Request } from './request.js';
import { trainOnRealSlices } from './real-training.js';
import { runTasks } from './run-tasks.js';
import { planTasks } from './task-plan.js';
import { writeTruthPage } from './truth-page.js';

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const apps = join(workspace, 'apps');

interface PipelineRun {
  readonly label: string;
  readonly root: string;
  readonly request: Request;
  readonly folds: readonly number[];
  /** Number of parallel steps: more than one only if each is small. */
  readonly parallel: number;
  /** Compile LightGBM when there are stackers among the steps. */
  readonly compile: boolean;
  /** Prints the outcome. Default: the leaderboard, where it is made. */
  readonly show?: () => Promise<void>;
}

function environmentOf({ root, folds, parallel }: PipelineRun): NodeJS.ProcessEnv {
  return {
    ...process.env,
    [variables.root]: root,
    [variables.folds]: folds.join(','),
    ...(parallel > 1 ? { [variables.parallel]: 'true' } : {}),
  };
}

/** Runs the requested steps and their dependencies, and shows the outcome. */
async function runPipeline(run: PipelineRun, { terminal, signal, print }: CommandContext): Promise<void> {
  const { label, root, request, parallel } = run;
  const paths = layout(root);
  const env = environmentOf(run);
  const logFile = join(paths.outputFolder, `${label}.log`);
  const steps = await planTasks(workspace, request, { env, signal });
  if (run.compile && (await hasStackers(steps, apps))) await buildLightgbm(workspace, terminal, signal);
  const summary = await runTasks({
    workspace,
    request,
    steps,
    label,
    env,
    logFile,
    terminal,
    signal,
    parallel,
  });
  if (run.show !== undefined) await run.show();
  else if (request.models === undefined) {
    print(`\n${await readFile(join(paths.outputFolder, 'leaderboard.txt'), 'utf8')}`);
  }
  print(
    `${summary.ran} steps ran, ${summary.unchanged} were there already, ${formatDuration(summary.seconds)}. ` +
      `Everything that they printed: ${logFile}`,
  );
  const peak = await peakMemory(join(root, 'intermediate_output'));
  if (peak !== undefined) print(`Peak memory: ${formatBytes(peak.bytes)} by ${peak.step}`);
}

/** One screen: what was reached, and where to look. */
async function showDemo(root: string, set: CohortOptions, { print }: CommandContext): Promise<void> {
  const { outputFolder } = layout(root);
  const board = await readBoard(join(outputFolder, 'leaderboard.json'));
  const network = bestNetwork(board);
  const study = await writeTruthPage(root, set, network);
  print(`\n${demoSummary(board)}\n`);
  print(
    [
      'Where to look:',
      `  ${join(outputFolder, 'leaderboard.html')}  every model and kind: intervals, ROC, reliability, learning curves`,
      `  ${study.page}  a test study with blood on ${study.positive} of ${study.slices} slices: what ${network} says, its heat map, the true bleed`,
      `  ${study.bundle}  ${network} for ichor predict STUDY --bundle`,
      '',
    ].join('\n'),
  );
}

const demoCommand = defineCommand({
  name: 'demo',
  summary:
    'The whole pipeline on synthetic heads: phantom data, eleven networks, five stackers, leaderboard.',
  description:
    'Takes minutes on two cores. A second run skips all finished steps. After Ctrl-C, the same command resumes.',
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
    const set = demoSet(size);
    await makeDemoData(folder, set, context.terminal, context.signal);
    await runPipeline(
      {
        label: 'demo',
        root: folder,
        request: { configuration: 'demo', given: [] },
        folds: demo.folds,
        parallel: availableParallelism(),
        compile: false,
        show: () => showDemo(folder, set, context),
      },
      context,
    );
  },
});

const pipelineCommand = defineCommand({
  name: 'pipeline',
  summary: 'The whole pipeline on your data: input/ below ICHOR_ROOT (default: the workspace).',
  description:
    'On the data of the challenge this takes weeks of GPU time: --plan lists the remaining steps, and docs/pipeline.md gives estimates.',
  options: {
    folds: z
      .array(z.number().int().min(0).max(4))
      .default([0, 1, 2, 3, 4])
      .describe('The folds to train and to stack, at least two: each stacker learns from the other folds'),
    models: z
      .array(z.string())
      .optional()
      .describe('Only these networks and stackers, with all that they need; without the submission'),
    config: z.string().optional().describe('A named configuration of every step: demo, in a separate folder'),
    microBatch: z.number().int().positive().optional().describe('Slices that go through a network at once'),
    provider: commonOptions.provider
      .removeDefault()
      .optional()
      .describe('Where networks run: cpu, cuda, webgpu, ... (npx ichor doctor)'),
    workers: z.number().int().min(1).optional().describe('Threads that read slices'),
    plan: z.boolean().describe('Only show the remaining steps, the time of the networks and the disk space'),
  },
  examples: [
    { command: 'npm run pipeline', does: 'all remaining steps' },
    { command: 'npm run pipeline -- --plan', does: 'list the remaining steps' },
    { command: 'ICHOR_ROOT=/data/rsna npm run pipeline -- --folds 0,1', does: 'two folds of every model' },
    {
      command: 'npm run pipeline -- --models xception,model-base --provider cuda --micro-batch 4',
      does: 'two networks on a GPU of 12 GB',
    },
  ],
  async run({ folds, models, config, microBatch, provider, workers, plan }, context) {
    const stacked = models === undefined;
    if (stacked && new Set(folds).size < 2) {
      throw new UsageError(
        `--folds ${folds.join(',')}: stackers learn from other folds, so there must be at least two`,
        `one fold of networks alone: --models NAME,... --folds ${folds.join(',') || '0'}`,
      );
    }
    await checkChoices({ models, config }, apps);
    const root = rootFolder(workspace);
    const files = layout(root);
    if (!existsSync(files.input.trainCsv)) {
      throw new IchorError({
        code: 'pipeline/no-input',
        file: files.input.trainCsv,
        reason: 'there is no data set',
        remedy: 'unpack the data of the challenge into input/ (docs/pipeline.md), or try npm run demo',
      });
    }
    const given = [
      ...(microBatch === undefined ? [] : [`--micro-batch=${microBatch}`]),
      ...(provider === undefined ? [] : [`--provider=${provider}`]),
      ...(workers === undefined ? [] : [`--workers=${workers}`]),
    ];
    const request: Request = { models, configuration: config, given };
    const run: PipelineRun = { label: 'pipeline', root, request, folds, parallel: 1, compile: true };
    if (plan) {
      const steps = await planTasks(workspace, request, { env: environmentOf(run), signal: context.signal });
      await printPlan(steps, files, { provider: provider ?? 'auto', config }, context);
      return;
    }
    await runPipeline(run, context);
  },
});

const phantomBundleCommand = defineCommand({
  name: 'phantom-bundle',
  summary: 'Trains the bundle that comes with Ichor, on synthetic heads only.',
  description:
    'Less than an hour of training on one core with --imagenet, an hour and a half with --bleeds varied. The same seed gives the same heads and the same training on the same engine. Stopped, the same command goes on.',
  options: {
    root: z.string().default('demo/phantom-bundle').describe('Folder for the synthetic set and the training'),
    out: z.string().default('bundles/phantom').describe('Folder of the bundle'),
    bleeds: z
      .enum(BLEEDS)
      .default('fresh')
      .describe('Bleeds of the heads: fresh ones of usual size, or of every age, size and place'),
    imagenet: z
      .string()
      .optional()
      .describe(
        'Weights of EfficientNet-Lite0 for the third network of the bundle (docs/benchmarks/real.md); without them it has two',
      ),
    threads: z.number().int().min(1).default(availableParallelism()).describe('Threads that train'),
  },
  examples: [
    { command: 'npm run phantom-bundle', does: 'a bundle in bundles/phantom' },
    {
      command:
        'npm run phantom-bundle -- --imagenet efficientnet-lite0-57934424.pth --out libs/pipeline/phantom-bundle/bundle',
      does: 'the one of the package, after its folder was removed',
    },
    {
      command:
        'npm run phantom-bundle -- --bleeds varied --imagenet efficientnet-lite0-57934424.pth --out libs/pipeline/phantom-bundle/varied',
      does: 'the other one of the package',
    },
  ],
  async run({ root, out, bleeds, imagenet, threads }, context) {
    const fromHere = (path: string) => resolve(process.env['INIT_CWD'] ?? workspace, path);
    const folder = fromHere(out);
    const manifest = await makePhantomBundle(
      {
        workspace,
        root: fromHere(root),
        bleeds,
        out: folder,
        imagenet: imagenet === undefined ? undefined : fromHere(imagenet),
        threads,
      },
      context,
    );
    context.print(manifest === undefined ? 'stopped; the same command goes on' : `${folder} is made`);
  },
});

const realTrainingCommand = defineCommand({
  name: 'real-training',
  summary: 'Trains networks for real slices with and without synthetic heads, to compare them.',
  description:
    'Needs the folder of phantom-bundle and a set of real slices, preprocessed (docs/benchmarks/real.md). Half an hour on one core, with ImageNet weights an hour. Stopped, the same command goes on.',
  options: {
    phantoms: z.string().default('demo/phantom-bundle').describe('Folder where phantom-bundle trained'),
    slices: z.string().describe('Folder of the real slices: input/ and what preprocessing made of it'),
    imagenet: z
      .string()
      .optional()
      .describe('ImageNet weights of efficientnet-lite0: also trains the networks that start from them'),
    out: z.string().default('bundles/real').describe('Folder of the bundles; none of them may be passed on'),
    threads: z.number().int().min(1).default(availableParallelism()).describe('Threads that train'),
  },
  examples: [
    { command: 'npm run real-training -- --slices /data/rsna', does: 'three bundles in bundles/real' },
    {
      command: 'npm run real-training -- --slices /data/rsna --imagenet efficientnet-lite0-57934424.pth',
      does: 'three more, of networks that start from ImageNet weights',
    },
  ],
  async run({ phantoms, slices, imagenet, out, threads }, context) {
    const fromHere = (path: string) => resolve(process.env['INIT_CWD'] ?? workspace, path);
    await trainOnRealSlices(
      {
        phantoms: fromHere(phantoms),
        slices: fromHere(slices),
        imagenet: imagenet === undefined ? undefined : fromHere(imagenet),
        out: fromHere(out),
        threads,
      },
      context,
    );
  },
});

await runCommand(
  defineGroup({
    name: 'npm run',
    summary: 'The whole pipeline by one command.',
    commands: [demoCommand, pipelineCommand, phantomBundleCommand, realTrainingCommand],
  }),
);
