import { IchorError, present, systemCode } from '@ichor/files';
import { join } from 'node:path';
import { deleteJobs } from '../kubernetes/delete-jobs.js';
import {
  namespaceOption,
  nextJobs,
  readClusterItems,
  podStates,
  type PodState,
} from '../kubernetes/status.js';
import { foldOf } from '../plan/arrays.js';
import type { PlannedStep } from '../plan/step-plan.js';
import { readRuns, runRecordPath, type Run } from '../run/run-record.js';
import { accountingArguments, parseAccounting, type AccountingEntry } from '../slurm/accounting.js';
import type { RunProgram } from '../slurm/commands.js';
import { parseQueue, queueArguments, type QueueEntry } from '../slurm/queue.js';
import { slurmName } from '../slurm/sbatch.js';
import {
  jobOf,
  jobsFolder,
  readStepPlan,
  type Submission,
  type SubmittedArray,
  type System,
} from '../submission/submission.js';
import { trainingProgress, type Progress, type TrainingProgress } from './progress.js';
import { suspectNodes, verdict, type State } from './step-state.js';

/** One row of the table of jobs. */
export interface JobStatus {
  readonly step: string;
  readonly system: System;
  readonly submission: string;
  readonly job: string | undefined;
  readonly state: State;
  readonly node: string | undefined;
  readonly tries: number;
  readonly progress: Progress | undefined;
  /** Seconds until the training ends, at the pace of its last steps and of its last validation. */
  readonly left: number | undefined;
  /** Seconds until the limit. */
  readonly limitLeft: number | undefined;
  /** Of what was asked for, 0..1, once it has ended. */
  readonly cpuEfficiency: number | undefined;
  readonly memoryEfficiency: number | undefined;
  readonly note: string | undefined;
}

export interface Overview {
  readonly jobs: readonly JobStatus[];
  readonly suspects: readonly string[];
  /** Calls of the scheduler that this took. */
  readonly calls: number;
}

interface Entry {
  readonly submission: Submission;
  readonly array: SubmittedArray;
  readonly step: PlannedStep;
  readonly job: string | undefined;
}

/**
 * The states of the steps: one call of squeue for all, one of sacct for those that squeue has forgotten; one of kubectl a
 * namespace, which also starts the Jobs whose time has come.
 *
 * @param submissions the newest first
 * @throws ClusterError `cluster/scheduler`; `cluster/submission` when a plan is missing or damaged
 */
export async function overview(
  root: string,
  submissions: readonly Submission[],
  { run }: { readonly run: RunProgram },
): Promise<Overview> {
  let calls = 0;
  const counted: RunProgram = (...call) => {
    calls++;
    return run(...call);
  };
  const entries = await newestEntries(root, submissions);
  const slurm = await slurmEvidence(entries, counted);
  const pods = await kubernetesEvidence(submissions, counted);
  const runs = new Map<string, readonly Run[]>();
  for (const { step, submission } of entries) {
    const all = await readRuns(runRecordPath(jobsFolder(root), step.id));
    runs.set(
      step.id,
      all.filter((one) => one.submission === submission.id),
    );
  }
  const states = new Map<string, State>();
  const jobs: JobStatus[] = [];
  for (const { submission, array, step, job } of entries) {
    const tries = present(runs.get(step.id));
    const blocked = step.needs.some((need) => isDead(states.get(need)));
    const queue = job === undefined ? undefined : slurm.queue.get(job);
    const accounting = job === undefined ? undefined : slurm.accounting.get(job);
    const pod = podOf(pods.get(step.id), submission, array);
    const { state, note } = verdict({
      queue,
      accounting,
      accountingFailure: submission.system === 'slurm' && queue === undefined ? slurm.failure : undefined,
      pod,
      runs: tries,
      blocked,
      memory: array.resources.memory,
    });
    states.set(step.id, state);
    const last = tries.at(-1);
    const training = await progressOf(root, step);
    jobs.push({
      step: step.id,
      system: submission.system,
      submission: submission.id,
      job: pod?.job ?? job,
      state,
      node: state === 'waiting' ? undefined : (queue?.node ?? pod?.node ?? last?.node),
      // Only the last tries are remembered, and each pod of a fold is a job of its own.
      tries: Math.max(tries.length, last?.tries ?? 0),
      progress: training?.progress,
      left: state === 'running' ? training?.secondsLeft : undefined,
      limitLeft: state === 'running' ? queue?.limitLeft : undefined,
      ...efficiency(state, array, accounting, last),
      note,
    });
  }
  return { jobs, suspects: suspectNodes([...runs.values()].flat()), calls };
}

/** An older submission of the same step may have a pod too. */
function podOf(
  pod: PodState | undefined,
  { system }: Submission,
  array: SubmittedArray,
): PodState | undefined {
  return system === 'kubernetes' && pod?.job.split('/')[0] === array.job ? pod : undefined;
}

/** Steps that need it can never run. */
function isDead(state: State | undefined): boolean {
  return state !== undefined && !['waiting', 'running', 'complete', 'unknown'].includes(state);
}

/** Each step once, as its newest submission has it, in the order of the plan. */
async function newestEntries(root: string, submissions: readonly Submission[]): Promise<readonly Entry[]> {
  const found = new Map<string, Entry>();
  for (const submission of submissions) {
    const plan = await readStepPlan(join(jobsFolder(root), submission.id));
    const steps = new Map(plan.steps.map((step) => [step.id, step]));
    for (const array of submission.arrays) {
      for (const { index, step: id } of array.tasks) {
        const step = steps.get(id);
        const job = jobOf(array, index);
        // What a scheduler refused was never submitted.
        if (step === undefined || found.has(id) || (job === undefined && submission.system !== 'local'))
          continue;
        found.set(id, { submission, array, step, job });
      }
    }
  }
  return inOrder([...found.values()]);
}

/** Each step after those that it needs, so that their states are known. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.step.id, entry]));
  const ordered = new Set<Entry>();
  const visit = (entry: Entry): void => {
    if (ordered.has(entry)) return;
    for (const need of entry.step.needs) {
      const needed = byId.get(need);
      if (needed !== undefined) visit(needed);
    }
    ordered.add(entry);
  };
  for (const entry of entries) visit(entry);
  return [...ordered];
}

interface SlurmEvidence {
  readonly queue: ReadonlyMap<string, QueueEntry>;
  readonly accounting: ReadonlyMap<string, AccountingEntry>;
  /** Why sacct, which has accounts, could not be asked. */
  readonly failure?: string;
}

async function slurmEvidence(entries: readonly Entry[], run: RunProgram): Promise<SlurmEvidence> {
  const ours = entries.filter(({ submission, job }) => submission.system === 'slurm' && job !== undefined);
  if (ours.length === 0) return { queue: new Map(), accounting: new Map() };
  const listed = new Map(parseQueue(await run('squeue', queueArguments)).map((entry) => [entry.job, entry]));
  const queue = new Map<string, QueueEntry>();
  const forgotten: string[] = [];
  for (const { job, array } of ours) {
    const entry = listed.get(present(job));
    if (entry?.name === slurmName(array)) queue.set(entry.job, entry);
    else forgotten.push(present(job));
  }
  if (forgotten.length === 0) return { queue, accounting: new Map() };
  try {
    const output = await run('sacct', accountingArguments(forgotten));
    return { queue, accounting: new Map(parseAccounting(output).map((entry) => [entry.job, entry])) };
  } catch (error) {
    if (!(error instanceof IchorError)) throw error;
    return { queue, accounting: new Map(), ...(hasNoAccounts(error) ? {} : { failure: error.reason }) };
  }
}

/** Many small Slurm installations keep no accounts. Then the records that the steps wrote are used. */
function hasNoAccounts({ reason, cause }: IchorError): boolean {
  return systemCode(cause) === 'ENOENT' || /accounting storage is disabled/i.test(reason);
}

async function kubernetesEvidence(
  submissions: readonly Submission[],
  run: RunProgram,
): Promise<ReadonlyMap<string, PodState>> {
  const ours = submissions.filter(({ system }) => system === 'kubernetes');
  const states = new Map<string, PodState>();
  for (const namespace of new Set(ours.map((submission) => submission.namespace))) {
    const items = await readClusterItems(namespace, run);
    const { start, never } = nextJobs(items);
    const where = namespaceOption(namespace);
    if (start.length > 0) {
      await run('kubectl', [
        'patch',
        'job',
        ...start,
        '--type=merge',
        '--patch={"spec":{"suspend":false}}',
        ...where,
      ]);
    }
    await deleteJobs(new Map([[namespace, never]]), run);
    const here = ours.filter((submission) => submission.namespace === namespace);
    for (const [step, state] of podStates([...here].reverse(), items)) states.set(step, state);
  }
  return states;
}

async function progressOf(
  root: string,
  { kind, folder, target }: PlannedStep,
): Promise<TrainingProgress | undefined> {
  const fold = foldOf(target);
  return kind === 'train' && fold !== undefined ? trainingProgress(join(root, folder), fold) : undefined;
}

function efficiency(
  state: State,
  { resources }: SubmittedArray,
  accounting: AccountingEntry | undefined,
  last: Run | undefined,
): Pick<JobStatus, 'cpuEfficiency' | 'memoryEfficiency'> {
  if (state === 'waiting' || state === 'running')
    return { cpuEfficiency: undefined, memoryEfficiency: undefined };
  const elapsed =
    accounting?.elapsed ??
    (last?.endedAt === undefined
      ? undefined
      : (Date.parse(last.endedAt) - Date.parse(last.startedAt)) / 1000);
  const cpu = accounting?.cpuSeconds ?? last?.cpuSeconds;
  const peak = accounting?.peakMemory ?? last?.peakMemory;
  return {
    cpuEfficiency:
      elapsed === undefined || elapsed <= 0 || cpu === undefined
        ? undefined
        : cpu / (elapsed * resources.cores),
    memoryEfficiency:
      peak === undefined ? undefined : peak / ((last?.memory ?? resources.memory) * 1024 ** 2),
  };
}
