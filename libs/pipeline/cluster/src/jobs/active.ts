import type { JobNames } from '../kubernetes/delete-jobs.js';
import { readClusterJobs } from '../kubernetes/status.js';
import type { RunProgram } from '../slurm/commands.js';
import { slurmName } from '../slurm/sbatch.js';
import { parseQueue, queueArguments, type QueueEntry } from '../slurm/queue.js';
import { jobOf, type Submission, type System } from '../submission/submission.js';

export interface ActiveJob {
  readonly system: System;
  readonly job: string;
}

/** States of Slurm in which a job runs or will run. */
const alive = new Set([
  ...['PENDING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'CONFIGURING', 'RESIZING', 'REQUEUED', 'REQUEUE_FED'],
  ...['REQUEUE_HOLD', 'RESV_DEL_HOLD', 'SIGNALING', 'SPECIAL_EXIT', 'STAGE_OUT', 'STOPPED'],
]);

export function isAlive({ state, reason }: Pick<QueueEntry, 'state' | 'reason'>): boolean {
  return alive.has(state) && reason !== 'DependencyNeverSatisfied';
}

export interface ActiveJobs {
  /** By the ids of their steps. */
  readonly active: ReadonlyMap<string, ActiveJob>;
  /** Jobs of Kubernetes that wait for one that failed or is gone: their steps are in no queue. */
  readonly never: JobNames;
}

/** The steps that a scheduler has: one call of squeue, one of kubectl, where there were submissions. */
export async function activeJobs(submissions: readonly Submission[], run: RunProgram): Promise<ActiveJobs> {
  const active = new Map<string, ActiveJob>();
  const slurm = submissions.filter(({ system }) => system === 'slurm');
  if (slurm.some(({ arrays }) => arrays.some(({ job }) => job !== undefined))) {
    const queue = parseQueue(await run('squeue', queueArguments)).filter(isAlive);
    const names = new Map(queue.map(({ job, name }) => [job, name]));
    for (const { array, step, job } of submittedTasks(slurm)) {
      if (names.get(job) === slurmName(array)) active.set(step, { system: 'slurm', job });
    }
  }
  const kubernetes = submissions.filter(({ system }) => system === 'kubernetes');
  const { states, never } = await readClusterJobs(kubernetes, run);
  for (const [step, { state, job }] of states) {
    if (state === 'waiting' || state === 'running') active.set(step, { system: 'kubernetes', job });
  }
  return { active, never };
}

/** Every task that a scheduler was given. */
export function* submittedTasks(submissions: readonly Submission[]) {
  for (const submission of submissions) {
    for (const array of submission.arrays) {
      for (const { index, step } of array.tasks) {
        const job = jobOf(array, index);
        if (job !== undefined) yield { submission, array, step, job };
      }
    }
  }
}
