import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobStatus } from '../jobs/overview.js';
import { readRuns, runRecordPath } from '../run/run-record.js';
import {
  failing,
  MODEL,
  RealCluster,
  results,
  settled,
  slow,
  states,
  steps,
  userEnvironment,
  workspace,
} from '../testing/real-cluster.js';

/*
 * Against a real Slurm of one controller and two virtual nodes, which this test starts. `npm run test:slurm` sets the mode.
 * The oracle of every result is the same work done here without a scheduler: files are equal to the byte.
 */
const asked = process.env['MODE'] === 'slurm';
const reason = 'run by npm run test:slurm';

const tools = join(workspace, 'tools', 'slurm');

/** Of two nodes with one core, without GPUs. */
let cluster: RealCluster;
let folder: string;
let env: NodeJS.ProcessEnv;

/** Ends everything that runs on a virtual node at once, as a loss of power does. */
async function losePower(node: string): Promise<void> {
  const slurmd = (await readFile(join(folder, 'slurm', `${node}.pid`), 'utf8')).trim();
  const host = await readlink(`/proc/${slurmd}/ns/uts`);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const where = await readlink(`/proc/${pid}/ns/uts`).catch(() => '');
    if (where === host) process.kill(Number(pid), 'SIGKILL');
  }
}

describe('the pipeline on Slurm', () => {
  let local: string;

  beforeAll(async () => {
    if (!asked) return;
    folder = await mkdtemp(join(tmpdir(), 'ichor-slurm-'));
    const { status, stdout, stderr } = spawnSync('sh', [join(tools, 'start.sh'), join(folder, 'slurm')], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr.trim());
    env = userEnvironment({ SLURM_CONF: stdout.trim() });
    cluster = new RealCluster(folder, env);
    await cluster.makeInput();
    local = await cluster.newRoot('local');
    await cluster.submit(local, 'local', `${MODEL}:predict:demo`, await cluster.clusterFile('local'));
    expect(Object.keys(await results(local))).toContain('fold1_test.arrow');
  }, 600_000);

  afterAll(() => {
    if (asked) spawnSync('sh', [join(tools, 'stop.sh'), join(folder, 'slurm')]);
  });

  it('a fold that fails stops what needs it and nothing else; a second submission adds what is missing', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await cluster.newRoot('folds');
    const submit = (settings: string) => cluster.submit(root, 'slurm', `${MODEL}:predict:demo`, settings);
    const first = await submit(
      await cluster.clusterFile('failing', await cluster.preload('failing', failing)),
    );
    expect(first.arrays.map(({ name, tasks }) => [name, tasks.length])).toEqual([
      ['preprocess.preprocess', 1],
      [`${MODEL}.train`, 2],
      [`${MODEL}.predict`, 2],
    ]);
    const ended = await cluster.until(root, settled);
    expect(states(ended)).toEqual({
      'preprocess:preprocess': 'complete',
      'train-fold-0': 'complete',
      'predict-fold-0': 'complete',
      'train-fold-1': 'failed',
      'predict-fold-1': 'cancelled',
    });
    const second = await submit(await cluster.clusterFile('good'));
    expect(second.arrays.flatMap(({ tasks }) => tasks.map(({ step }) => step))).toEqual([
      `${MODEL}:train-fold-1`,
      `${MODEL}:predict-fold-1`,
    ]);
    expect(second.done).toBe(3);
    // While they wait or run, they are not submitted again.
    const third = await submit(await cluster.clusterFile('good'));
    expect(third.arrays).toEqual([]);
    expect(third.queued + third.done).toBe(5);
    expect(Object.values(states(await cluster.until(root, settled)))).toEqual(Array(5).fill('complete'));
    expect(await results(root)).toEqual(await results(local));
    expect((await submit(await cluster.clusterFile('good'))).arrays).toEqual([]);
  }, 600_000);

  it('a training that is cancelled, loses its node and reaches its limit ends with the same weights', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await cluster.newRoot('trouble');
    const step = `${MODEL}:train-fold-0`;
    const long = await cluster.clusterFile('long', await cluster.preload('slow', slow(3000)));
    // So slow that the limit comes before the end on a fast machine too, and less than the signal comes before the limit.
    const short = await cluster.clusterFile('short', {
      ...(await cluster.preload('slower', slow(8000))),
      tasks: { [`${MODEL}:train-*`]: { time: '1m' } },
      slurm: { signalSeconds: 20 },
    });
    const submit = (settings: string) => cluster.submit(root, 'slurm', `${step}:demo`, settings);
    const ofStep = (found: readonly JobStatus[]) => found.find((job) => job.step === step);
    const running = (after: number) => (found: readonly JobStatus[]) => {
      const job = ofStep(found);
      return job?.state === 'running' && steps(job) > after;
    };

    await submit(long);
    await cluster.until(root, running(1));
    await cluster.ichor(root, 'jobs', '--cancel');
    const cancelled = ofStep(await cluster.until(root, settled));
    expect(cancelled?.state).toBe('cancelled');
    expect(await readdir(join(root, 'intermediate_output', MODEL))).toContain('fold0_checkpoint.safetensors');

    await submit(long);
    const before = ofStep(await cluster.until(root, running(cancelled === undefined ? 0 : steps(cancelled))));
    const node = before?.node ?? '';
    await losePower(node);
    const resumed = await cluster.until(root, (found) => {
      const job = ofStep(found);
      return job !== undefined && job.state === 'running' && job.tries === 2;
    });
    expect(ofStep(resumed)?.node).not.toBe(node);
    expect(ofStep(resumed)?.note).toContain(`was lost on ${node}`);
    spawnSync('sh', [join(tools, 'start-node.sh'), join(folder, 'slurm'), node], { env });
    await cluster.ichor(root, 'jobs', '--cancel');
    await cluster.until(root, settled);

    await submit(short);
    expect(ofStep(await cluster.until(root, settled, 400))?.state).toBe('complete');
    const runs = await readRuns(runRecordPath(join(root, 'output', 'jobs'), step));
    const outcomes = runs.map(({ outcome }) => outcome);
    expect(outcomes.slice(0, 3)).toEqual(['stopped', 'running', 'stopped']);
    expect(outcomes).toContain('requeued');
    expect(outcomes.at(-1)).toBe('complete');
    const weights = /^fold0_epoch/;
    expect(await results(root, weights)).toEqual(await results(local, weights));
    const log = await readFile(join(root, 'output', 'jobs', 'logs', `${MODEL}.train-fold-0.log`), 'utf8');
    // Appended: every try is in it.
    expect(log.match(/: job \d+(_\d+)? on n[12]/g)).toHaveLength(runs.length);
    console.log(
      runs
        .map((one) => `${one.job} on ${one.node}: ${one.outcome}, ${one.stepsBefore ?? 0} steps before`)
        .join('\n'),
    );
  }, 900_000);
});
