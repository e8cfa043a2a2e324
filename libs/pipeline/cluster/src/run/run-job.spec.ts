import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Submission } from '../submission/submission.js';
import { readRuns, runRecordPath } from './run-record.js';

const program = fileURLToPath(new URL('../../dist/bin/run-job.js', import.meta.url));

/**
 * A submission of one training whose program is `code`, and stand-ins for scontrol and scancel that write their words down.
 *
 * @param refused the command that scontrol refuses
 */
async function makeJob(code: string, more: Partial<Submission> = {}, refused = '') {
  const root = await mkdtemp(join(tmpdir(), 'ichor-job-'));
  const folder = join(root, 'output', 'jobs', 's');
  const put = async (path: string, content: string, mode = 0o644) => {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content, { mode });
  };
  const resources = { gpus: 0, cores: 1, memory: 1000, time: 60 };
  const tasks = [{ index: 0, step: 'a:train-fold-0' }];
  const submission: Submission = {
    ...{ format: 'ichor-submission', version: 1, id: 's', system: 'slurm', createdAt: '' },
    ...{
      workspace: root,
      root,
      runner: join(root, 'runner.mjs'),
      environment: { FROM_FILE: '1' },
      requeues: 2,
    },
    arrays: [{ name: 'a.train', single: false, tasks, resources }],
    ...more,
  };
  const step = {
    id: 'a:train-fold-0',
    project: 'a',
    target: 'train-fold-0',
    kind: 'train',
    folder: 'intermediate_output/a',
  };
  const plan = {
    format: 'ichor-step-plan',
    version: 1,
    workspace: root,
    steps: [{ ...step, needs: [], done: false }],
  };
  await put(join(folder, 'submission.json'), JSON.stringify(submission));
  await put(join(folder, 'plan.json'), JSON.stringify(plan));
  await put(join(root, 'runner.mjs'), code);
  const refuse = `test "$1" != "${refused}" || { echo 'scontrol: error: no rights' >&2; exit 1; }`;
  await put(
    join(root, 'bin', 'scontrol'),
    `#!/bin/sh\necho "$@" >> '${root}/scontrol.txt'\n${refuse}\n`,
    0o755,
  );
  await put(join(root, 'bin', 'scancel'), `#!/bin/sh\necho scancel "$@" >> '${root}/scontrol.txt'\n`, 0o755);
  return {
    root,
    /** Runs a try; sends a signal when the program says `ready`. */
    async run(signal?: NodeJS.Signals) {
      const env = {
        ...process.env,
        PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        ...{ SLURM_JOB_ID: '9', SLURM_ARRAY_JOB_ID: '8', SLURM_ARRAY_TASK_ID: '0', SLURMD_NODENAME: 'n1' },
        SLURM_CLUSTER_NAME: 'c',
      };
      const child = spawn(process.execPath, [program, folder, 'a.train'], { env });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (signal !== undefined && chunk.toString().includes('ready')) child.kill(signal);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      const runs = await readRuns(runRecordPath(join(root, 'output', 'jobs'), 'a:train-fold-0'));
      const asked = await readFile(join(root, 'scontrol.txt'), 'utf8').catch(() => '');
      return { code, output, last: runs.at(-1), tries: runs.length, asked: asked.trim().split('\n') };
    },
  };
}

/** Saves when it is asked to, like every program of the pipeline. */
const saving = `
  process.on('SIGTERM', () => process.exit(130));
  setInterval(() => undefined, 1000);
  console.log('ready');
`;

it('passes on root, environment and the name of the job, and records how the step ended', async () => {
  const job = await makeJob(
    'console.log([process.env.ICHOR_ROOT, process.env.ICHOR_JOB, process.env.FROM_FILE, process.argv[3]].join("|"))',
  );
  const { code, output, last, asked } = await job.run();
  expect(code).toBe(0);
  expect(output).toContain(`${job.root}|slurm c 8_0|1|a:train-fold-0`);
  expect(last).toMatchObject({ job: '8_0', node: 'n1', outcome: 'complete', exitCode: 0 });
  expect(asked).toEqual(['']);
});

it('before the limit: the step saves, and the job goes back into the queue, so often and no more', async () => {
  const job = await makeJob(saving);
  for (const tries of [1, 2]) {
    const { code, last, asked } = await job.run('SIGUSR2');
    expect([code, last?.outcome]).toEqual([0, 'requeued']);
    expect(asked).toEqual(Array(tries).fill('requeue 8_0'));
  }
  const { code, last, asked } = await job.run('SIGUSR2');
  expect([code, last?.outcome, asked.length]).toEqual([1, 'failed', 2]);
  expect(last?.message).toContain('raise "time" or "slurm.requeues"');
});

it('gives up when two tries in a row got no further', async () => {
  const job = await makeJob(saving);
  const metrics = join(job.root, 'intermediate_output', 'a', 'fold0_metrics.jsonl');
  await mkdir(join(metrics, '..'), { recursive: true });
  const step = { kind: 'step', epoch: 0, step: 3, steps: 9, samples: 8, waited: 0, took: 1 };
  await writeFile(metrics, `${JSON.stringify(step)}\n`);
  expect((await job.run('SIGUSR2')).last?.outcome).toBe('requeued');
  const { code, last } = await job.run('SIGUSR2');
  expect([code, last?.outcome]).toEqual([1, 'failed']);
  expect(last?.message).toContain('raise "time"');
});

it('says so when it cannot be put back', async () => {
  const { code, last } = await (await makeJob(saving, {}, 'requeue')).run('SIGUSR2');
  expect([code, last?.outcome]).toEqual([1, 'failed']);
  expect(last?.message).toBe('saved, but could not be put back: scontrol failed: no rights; submit again');
});

it('when it is cancelled, it saves and does not come back', async () => {
  const { code, last, asked } = await (await makeJob(saving)).run('SIGTERM');
  expect([code, last?.outcome]).toEqual([130, 'stopped']);
  expect(asked).toEqual(['']);
});

it('fails with the step', async () => {
  const { code, last } = await (await makeJob('process.exit(3)')).run();
  expect([code, last?.outcome, last?.message]).toEqual([3, 'failed', 'failed with exit code 3']);
});

const killed = 'process.kill(process.pid, "SIGKILL")';

it('killed for its memory: says what to change', async () => {
  const { code, last, asked } = await (await makeJob(killed)).run();
  expect([code, last?.outcome]).toEqual([137, 'killed']);
  expect(last?.message).toContain('1000M of memory are too little; raise "memory" in cluster.json');
  expect(asked).toEqual(['']);
});

it('killed for its memory, where that is asked for: comes back with more, up to the limit', async () => {
  const job = await makeJob(killed, { escalateMemory: { factor: 1.5, limit: 1200 } });
  const { code, asked } = await job.run();
  expect(code).toBe(0);
  // 1.5 times 1000, at most 1200.
  expect(asked).toEqual(['requeuehold 8_0', 'update JobId=8_0 MinMemoryNode=1200', 'release 8_0']);
});

it('killed for its memory, and more is refused: is not left held in the queue', async () => {
  const job = await makeJob(killed, { escalateMemory: { factor: 2, limit: 4000 } }, 'update');
  const { code, last, asked } = await job.run();
  expect([code, last?.outcome]).toEqual([137, 'killed']);
  expect(last?.message).toMatch(/1000M of memory are too little; could not be tried again: .*no rights$/);
  expect(asked).toEqual(['requeuehold 8_0', 'update JobId=8_0 MinMemoryNode=2000', 'scancel 8_0']);
});
