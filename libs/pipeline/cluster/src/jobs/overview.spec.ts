import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '@ichor/files';
import { beforeEach, expect, it } from 'vitest';
import { ClusterError } from '../error.js';
import { runRecordPath, writeRuns, type Run } from '../run/run-record.js';
import type { RunProgram } from '../slurm/commands.js';
import { runLocally } from '../submission/run-locally.js';
import {
  jobsFolder,
  submissionPaths,
  writeSubmission,
  type Submission,
  type System,
} from '../submission/submission.js';
import { overview } from './overview.js';

const STEP = 'a:train-fold-0';
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-overview-'));
});

/** A submission of one training, with its plan. */
async function makeSubmission(id: string, system: System, job: string): Promise<Submission> {
  const folder = join(jobsFolder(root), id);
  const resources = { gpus: 0, cores: 1, memory: 1000, time: 60 };
  const submission: Submission = {
    ...{ format: 'ichor-submission', version: 1, id, system, createdAt: '', workspace: root, root },
    ...{ runner: 'runner.mjs', environment: {}, requeues: 2 },
    arrays: [{ name: 'a.train', job, single: false, tasks: [{ index: 0, step: STEP }], resources }],
  };
  await writeSubmission(folder, submission);
  const step = { id: STEP, project: 'a', target: 'train-fold-0', kind: 'train', folder: 'a', needs: [] };
  const plan = { format: 'ichor-step-plan', version: 1, workspace: root, steps: [{ ...step, done: false }] };
  await writeFileAtomic(submissionPaths(folder).plan, JSON.stringify(plan));
  return submission;
}

const failing = (reason: string, cause?: Error) =>
  new ClusterError({ code: 'cluster/scheduler', reason, ...(cause === undefined ? {} : { cause }) });
/** A Slurm whose queue has forgotten everything. */
const forgetful =
  (error: Error): RunProgram =>
  (program) =>
    program === 'sacct' ? Promise.reject(error) : Promise.resolve('');

const run = (outcome: Run['outcome'], more: Partial<Run> = {}): Run => ({
  ...{ job: '8_0', submission: 's', node: 'n1', startedAt: '2026-01-01T00:00:00.000Z', outcome },
  ...{ cores: 1, memory: 1000, ...more },
});

it.each([
  [failing('sacct failed: Connection refused'), 'unknown', 'sacct failed: Connection refused'],
  [failing('sacct failed: Slurm accounting storage is disabled'), 'cancelled', undefined],
  [
    failing('sacct is not installed here', Object.assign(new Error(), { code: 'ENOENT' })),
    'cancelled',
    undefined,
  ],
])('a job that only sacct can know: %s', async (error, state, note) => {
  const submission = await makeSubmission('s', 'slurm', '8');
  const look = async () => (await overview(root, [submission], { run: forgetful(error) })).jobs[0];
  const unknown = await look();
  expect(unknown?.state).toBe('unknown');
  expect(unknown?.note).toBe(note ?? 'the scheduler does not know it any more: submit again');
  const record = runRecordPath(jobsFolder(root), STEP);
  await writeRuns(record, [run('requeued', { tries: 70 })]);
  expect(await look()).toMatchObject({ state, note, tries: 70 });
  // What the job wrote down itself needs no sacct.
  await writeRuns(record, [run('complete')]);
  expect((await look())?.state).toBe('complete');
});

it('asks a Job of Kubernetes only about the submission that made it', async () => {
  const complete = { conditions: [{ type: 'Complete', status: 'True' }], completedIndexes: '0' };
  const items = [{ kind: 'Job', metadata: { name: 'old' }, status: complete }];
  const kubectl: RunProgram = () => Promise.resolve(JSON.stringify({ items }));
  const old = await makeSubmission('s1', 'kubernetes', 'old');
  const state = async (submissions: readonly Submission[]) =>
    (await overview(root, submissions, { run: kubectl })).jobs[0]?.state;
  expect(await state([old])).toBe('complete');
  expect(await state([await makeSubmission('s2', 'kubernetes', 'new'), old])).toBe('unknown');
  expect(await state([await makeSubmission('s3', 'local', 'old'), old])).toBe('unknown');
});

it('refuses a submission whose plan is damaged or missing', async () => {
  const submission = await makeSubmission('s', 'local', 'x');
  const folder = join(jobsFolder(root), 's');
  const { plan } = submissionPaths(folder);
  const fails = async (reason: string) => {
    const error = { code: 'cluster/submission', file: plan, reason };
    const { signal } = new AbortController();
    await expect(overview(root, [submission], { run: () => Promise.resolve('') })).rejects.toMatchObject(
      error,
    );
    await expect(runLocally(submission, { folder, signal })).rejects.toMatchObject(error);
  };
  await writeFileAtomic(plan, '{"format":"ichor-st');
  await fails('is not a plan of steps of this version of Ichor');
  await rm(plan);
  await fails('is not there');
});
