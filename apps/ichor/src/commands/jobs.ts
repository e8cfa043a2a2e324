import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand, formatDuration, formatTable, UsageError, type Cell } from '@ichor/cli';
import {
  cancelJobs,
  listSubmissions,
  matches,
  nextWait,
  overview,
  runProgram,
  type JobStatus,
  type Overview,
} from '@ichor/cluster';
import { rootFolder } from '@ichor/tables';
import { z } from 'zod';

export const jobsCommand = defineCommand({
  name: 'ichor jobs',
  summary:
    'Shows the jobs of ichor submit in one table: state, epoch, time left, efficiency; or cancels them.',
  description:
    'One call of the scheduler for all jobs. On Kubernetes it also starts the jobs whose time has come, so keep --watch ' +
    'running there. The exit code is 1 when a step failed.',
  options: {
    watch: z
      .boolean()
      .describe('Look again and again, less and less often while nothing changes, until no job is left'),
    cancel: z
      .boolean()
      .describe('End the jobs that wait or run (all, or those named); running steps save first'),
    json: z.boolean().describe('Print a line of JSON for each step'),
  },
  positionals: {
    name: 'STEPS',
    description: 'steps such as xception:train-fold-0 or "xception:*"; default: all',
  },
  examples: [
    { command: 'ichor jobs', does: 'the table' },
    { command: 'ichor jobs --watch', does: 'the table, until everything has ended' },
    { command: 'ichor jobs --cancel "xception:*"', does: 'end what waits and runs of one model' },
  ],
  async run({ watch, cancel, json }, { positionals, print, signal }) {
    if (watch && cancel) throw new UsageError('--watch and --cancel exclude each other');
    const root = rootFolder();
    const look = async (): Promise<Overview> => {
      const found = await overview(root, await listSubmissions(root), { run: runProgram });
      return { ...found, jobs: chooseJobs(found.jobs, positionals) };
    };
    let now = await look();
    if (cancel) {
      const cancelled = await cancelJobs(now.jobs, await listSubmissions(root), runProgram);
      if (json) for (const step of cancelled) print(JSON.stringify({ step, cancelled: true }));
      else print(cancelled.length === 0 ? 'No job waits or runs.' : `Cancelled: ${cancelled.join(', ')}`);
      return;
    }
    show(now, json, print);
    let wait: number | undefined;
    let changed = true;
    while (watch && !signal.aborted && now.jobs.some(isAlive)) {
      wait = nextWait(wait, changed);
      await sleep(wait * 1000, undefined, { signal });
      const next = await look();
      changed = summary(next) !== summary(now);
      now = next;
      if (changed) {
        if (!json) print('');
        show(now, json, print);
      }
    }
    return now.jobs.some(({ state }) => !['complete', 'waiting', 'running', 'unknown'].includes(state))
      ? 1
      : 0;
  },
});

/**
 * @param patterns of steps; none: all jobs
 * @throws UsageError for a pattern that matches no job
 */
export function chooseJobs<Job extends Pick<JobStatus, 'step'>>(
  jobs: readonly Job[],
  patterns: readonly string[],
): readonly Job[] {
  for (const pattern of patterns) {
    if (jobs.some(({ step }) => matches(pattern, step))) continue;
    throw new UsageError(`no step that was submitted matches ${pattern}`, 'ichor jobs shows them all');
  }
  return jobs.filter(
    ({ step }) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, step)),
  );
}

function isAlive({ state }: JobStatus): boolean {
  return state === 'waiting' || state === 'running';
}

/** What counts as a change: states, not the steps of a training. */
function summary({ jobs }: Overview): string {
  return jobs
    .map(({ step, state, tries, progress }) => `${step} ${state} ${tries} ${progress?.epoch ?? ''}`)
    .join('\n');
}

function show({ jobs, suspects }: Overview, json: boolean, print: (line: string) => void): void {
  if (json) {
    for (const job of jobs) print(JSON.stringify(job));
    return;
  }
  if (jobs.length === 0) {
    print('Nothing was submitted here.');
    return;
  }
  print(
    formatTable(
      ['step', 'job', 'state', 'try', 'epoch', 'time left', 'limit in', 'node', 'CPU', 'memory', 'note'],
      jobs.map(row),
    ),
  );
  const counts = new Map<string, number>();
  for (const { state } of jobs) counts.set(state, (counts.get(state) ?? 0) + 1);
  print([...counts].map(([state, count]) => `${count} ${state}`).join(', '));
  for (const node of suspects) {
    print(
      `Only failures on ${node}, while other nodes work: add it to "slurm.exclude" in cluster.json, and submit again.`,
    );
  }
}

function row(status: JobStatus): readonly Cell[] {
  const { step, job, state, tries, progress, left, limitLeft, node, note } = status;
  const percent = (share: number | undefined) =>
    share === undefined ? undefined : `${Math.round(100 * share)} %`;
  return [
    step,
    job,
    state,
    tries,
    progress === undefined
      ? undefined
      : `${progress.epoch + 1}/${progress.epochs ?? '?'}, step ${progress.step}/${progress.steps}`,
    left === undefined ? undefined : formatDuration(left),
    limitLeft === undefined ? undefined : formatDuration(limitLeft),
    node,
    percent(status.cpuEfficiency),
    percent(status.memoryEfficiency),
    note,
  ];
}
