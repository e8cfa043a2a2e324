import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defineCommand, formatTable, UsageError } from '@ichor/cli';
import {
  defaultClusterSettings,
  readClusterFile,
  readPlan,
  runLocally,
  submit,
  type ClusterSettings,
} from '@ichor/cluster';
import { IchorError } from '@ichor/files';
import { rootFolder } from '@ichor/tables';
import { z } from 'zod';

/** Without tasks: everything up to the submission. */
const EVERYTHING = 'submission:make';

export const submitCommand = defineCommand({
  name: 'ichor submit',
  summary: 'Submits steps of the pipeline with all that they need to Slurm or Kubernetes, or runs them here.',
  description:
    'Takes tasks of Nx; options of the programs follow two dashes. Steps that are done or in the queue are not ' +
    'submitted. The folds of a model are one job array. cluster.json says what each step asks for. ' +
    'Works below ICHOR_ROOT, which every node must see at the same path, like the workspace. docs/clusters.md tells more.',
  options: {
    on: z
      .enum(['slurm', 'kubernetes', 'local'])
      .describe('Where the steps run; local: here, one after another'),
    cluster: z
      .string()
      .optional()
      .describe('Settings of the cluster; default: cluster.json in the workspace, if it is there'),
    dryRun: z.boolean().describe('Print what would be handed to the scheduler, and submit nothing'),
    json: z.boolean().describe('Print the arrays as JSON'),
  },
  positionals: {
    name: 'TASKS',
    description: `tasks of Nx, such as xception:predict; default: ${EVERYTHING}`,
  },
  examples: [
    { command: 'ichor submit --on slurm', does: 'everything that is missing' },
    { command: 'ichor submit xception:predict --on slurm --dry-run', does: 'show the scripts' },
    {
      command: 'ichor submit xception:predict --on slurm -- --micro-batch 4 --provider cuda',
      does: 'with options of the programs',
    },
    { command: 'ICHOR_FOLDS=0,1 ichor submit --on slurm', does: 'two folds of every model' },
  ],
  async run({ on: system, cluster, dryRun, json }, { positionals, signal, print, terminal }) {
    const { tasks, given } = splitWords(positionals);
    const workspace = workspaceFolder();
    const settings = await settingsOf(cluster, workspace);
    const root = rootFolder(workspace);
    const plan = await readPlan({ workspace, tasks, given, signal });
    const { submission, folder, arrays, done, queued, scripts } = await submit({
      system,
      root,
      plan,
      settings,
      dryRun,
    });
    if (json) print(JSON.stringify({ submission: submission?.id ?? null, arrays, done, queued }, null, 2));
    else {
      for (const script of scripts) print(`${script}\n`);
      if (arrays.length > 0) print(arrayTable(arrays, submission));
      const steps = arrays.reduce((sum, array) => sum + array.tasks.length, 0);
      print(
        `${steps} steps ${dryRun ? 'would be submitted' : 'submitted'} in ${arrays.length} arrays; ` +
          `${done} are done, ${queued} are in the queue already.` +
          (submission === undefined || system === 'local' ? '' : ' ichor jobs shows them.'),
      );
    }
    if (system !== 'local' || submission === undefined) return;
    const outcomes = await runLocally(submission, {
      folder,
      signal,
      events: {
        begin: (step) => terminal.print(`> ${step}`),
        end: (step, outcome) => terminal.print(`${step}: ${outcome}`),
      },
    });
    const failed = [...outcomes].filter(([, outcome]) => outcome === 'failed').map(([step]) => step);
    if (failed.length > 0) {
      const leftOut = [...outcomes.values()].filter((outcome) => outcome === 'left out').length;
      throw new IchorError({
        code: 'cluster/failed',
        reason: `${failed.join(', ')} failed${leftOut === 0 ? '' : `, and ${leftOut} steps that need them were left out`}`,
        remedy: 'the lines above say why; the same command does what is missing',
      });
    }
  },
});

/** Tasks, and after the first word with a dash the options of the programs. */
function splitWords(words: readonly string[]): {
  readonly tasks: readonly string[];
  readonly given: readonly string[];
} {
  const at = words.findIndex((word) => word.startsWith('-'));
  const tasks = at < 0 ? words : words.slice(0, at);
  const bad = tasks.find((task) => !/^[\w.@/-]+:[\w.-]+(:[\w.-]+)?$/.test(task));
  if (bad !== undefined)
    throw new UsageError(`${bad} is no task`, 'a task is PROJECT:TARGET, such as xception:predict');
  return { tasks: tasks.length === 0 ? [EVERYTHING] : tasks, given: at < 0 ? [] : words.slice(at) };
}

/** The nearest folder upwards with an nx.json: steps are tasks of Nx. */
export function workspaceFolder(): string {
  const from = resolve(process.env['INIT_CWD'] ?? '.');
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (folder === dirname(folder)) {
      throw new UsageError(
        `${from} is in no workspace of Nx`,
        'run it in the folder of the repository, on the shared file system',
      );
    }
  }
}

async function settingsOf(named: string | undefined, workspace: string): Promise<ClusterSettings> {
  if (named !== undefined) return readClusterFile(resolve(process.env['INIT_CWD'] ?? '.', named));
  const file = join(workspace, 'cluster.json');
  return existsSync(file) ? readClusterFile(file) : defaultClusterSettings;
}

type Arrays = Awaited<ReturnType<typeof submit>>['arrays'];

function arrayTable(arrays: Arrays, submission: Awaited<ReturnType<typeof submit>>['submission']): string {
  return formatTable(
    ['array', 'job', 'tasks', 'GPUs', 'cores', 'GiB', 'hours', 'waits for'],
    arrays.map(({ name, tasks, single, resources, after }) => [
      name,
      submission?.arrays.find((array) => array.name === name)?.job,
      single ? '1' : tasks.map(({ index }) => index).join(','),
      resources.gpus,
      resources.cores,
      resources.memory / 1024,
      resources.time / 3600,
      after
        .map((dependency) => (dependency.kind === 'earlier' ? dependency.jobs.join(' ') : dependency.array))
        .join(' ') || undefined,
    ]),
  );
}
