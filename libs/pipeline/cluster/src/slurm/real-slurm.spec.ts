import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobStatus } from '../jobs/overview.js';
import { readRuns, runRecordPath } from '../run/run-record.js';

/*
 * Against a real Slurm of one controller and two virtual nodes, which this test starts. `npm run test:slurm` sets the mode.
 * The oracle of every result is the same work done here without a scheduler: files are equal to the byte.
 */
const asked = process.env['MODE'] === 'slurm';
const reason = 'run by npm run test:slurm';

const workspace = resolve(fileURLToPath(new URL('../../../../../', import.meta.url)));
const tools = join(workspace, 'tools', 'slurm');
const program = join(workspace, 'apps', 'ichor', 'dist', 'main.js');
const MODEL = 'efficientnet-b0-nine';
/** Small batches: twelve steps an epoch, so that there is a middle. */
const given = ['--', '--provider', 'cpu', '--workers', '1', '--batch-size', '8'];

let folder: string;
let env: NodeJS.ProcessEnv;

const run = promisify(execFile);

/** The command of a user; its exit code does not matter. */
async function ichor(root: string, ...words: string[]): Promise<string> {
  const options = { cwd: workspace, env: { ...env, ICHOR_ROOT: root }, maxBuffer: 1 << 26 };
  try {
    return (await run(process.execPath, [program, ...words], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    if (stderr.includes('[cluster/')) throw new Error(stderr, { cause: error });
    return stdout;
  }
}

async function jobs(root: string): Promise<readonly JobStatus[]> {
  const lines = (await ichor(root, 'jobs', '--json')).trim().split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as JobStatus);
}

/** Looks until the jobs are as they should be. */
async function until(root: string, what: (found: readonly JobStatus[]) => boolean, seconds = 240) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await jobs(root);
    if (what(found)) return found;
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${JSON.stringify(found, null, 1)}`);
    await sleep(1000);
  }
}

const settled = (found: readonly JobStatus[]) =>
  found.length > 0 && found.every(({ state }) => state !== 'waiting' && state !== 'running');

const states = (found: readonly JobStatus[]) =>
  Object.fromEntries(found.map(({ step, state }) => [step.replace(`${MODEL}:`, ''), state]));

/** A folder with the same input. */
async function newRoot(name: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(root, { recursive: true });
  await symlink(join(folder, 'set', 'input'), join(root, 'input'));
  return root;
}

/** Hashes of weights and tables by name; manifests and logs hold times. */
async function results(root: string, only = /./): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const place of [MODEL, 'preprocessed_data']) {
    const path = join(root, 'intermediate_output', place);
    for (const name of (await readdir(path)).sort()) {
      if (!/^(?!.*(tmp|checkpoint)).*\.(safetensors|arrow)$/.test(name) || !only.test(name)) continue;
      hashes[name] = createHash('sha256')
        .update(await readFile(join(path, name)))
        .digest('hex');
    }
  }
  return hashes;
}

/** Settings of a cluster of two nodes with one core, without GPUs. */
async function clusterFile(name: string, more: object = {}): Promise<string> {
  const file = join(folder, `${name}.json`);
  const all = { gpus: 0, cores: 1, memory: '1500M', time: '10m' };
  await writeFile(file, JSON.stringify({ all, ...more }));
  return file;
}

/** A module that every program of a job loads first. */
async function preload(name: string, code: string): Promise<{ environment: Record<string, string> }> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, code);
  return { environment: { NODE_OPTIONS: `--import=${file}` } };
}

/** So many milliseconds more for each step of training, without using a core. */
const slow = (milliseconds: number) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { appendFileSync } = fs;
  fs.appendFileSync = (path, ...rest) => {
    appendFileSync(path, ...rest);
    if (String(path).endsWith('metrics.jsonl')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});
  };
  syncBuiltinESMExports();
`;

const failing = `
  if (process.argv[1]?.endsWith('train.js') && process.argv.join(' ').includes('--fold 1')) {
    console.error('this fold fails [test/fails]');
    process.exit(1);
  }
`;

/** Ends everything that runs on a virtual node at once, as a loss of power does. */
async function losePower(node: string): Promise<void> {
  const slurmd = (await readFile(join(folder, 'slurm', `${node}.pid`), 'utf8')).trim();
  const host = await readlink(`/proc/${slurmd}/ns/uts`);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const where = await readlink(`/proc/${pid}/ns/uts`).catch(() => '');
    if (where === host) process.kill(Number(pid), 'SIGKILL');
  }
}

const steps = ({ progress }: JobStatus) =>
  progress === undefined ? 0 : progress.epoch * progress.steps + progress.step;

describe('the pipeline on Slurm', () => {
  let local: string;

  beforeAll(async () => {
    if (!asked) return;
    folder = await mkdtemp(join(tmpdir(), 'ichor-slurm-'));
    const { status, stdout, stderr } = spawnSync('sh', [join(tools, 'start.sh'), join(folder, 'slurm')], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr.trim());
    env = { ...process.env, SLURM_CONF: stdout.trim(), ICHOR_FOLDS: '0,1', INIT_CWD: workspace };
    await ichor(
      folder,
      ...'phantom --patients 8 --test-patients 2 --size 64 --slice-spacing 12 --out'.split(' '),
      join(folder, 'set'),
    );
    local = await newRoot('local');
    await ichor(
      local,
      'submit',
      `${MODEL}:predict:demo`,
      '--on',
      'local',
      '--cluster',
      await clusterFile('local'),
      ...given,
    );
    expect(Object.keys(await results(local))).toContain('fold1_test.arrow');
  }, 600_000);

  afterAll(() => {
    if (asked) spawnSync('sh', [join(tools, 'stop.sh'), join(folder, 'slurm')]);
  });

  it('a fold that fails stops what needs it and nothing else; a second submission adds what is missing', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await newRoot('folds');
    const submit = async (settings: string) =>
      JSON.parse(
        await ichor(
          root,
          'submit',
          `${MODEL}:predict:demo`,
          '--on',
          'slurm',
          '--json',
          '--cluster',
          settings,
          ...given,
        ),
      ) as { arrays: { name: string; tasks: { step: string }[] }[]; done: number; queued: number };
    const first = await submit(await clusterFile('failing', await preload('failing', failing)));
    expect(first.arrays.map(({ name, tasks }) => [name, tasks.length])).toEqual([
      ['preprocess.preprocess', 1],
      [`${MODEL}.train`, 2],
      [`${MODEL}.predict`, 2],
    ]);
    const ended = await until(root, settled);
    expect(states(ended)).toEqual({
      'preprocess:preprocess': 'complete',
      'train-fold-0': 'complete',
      'predict-fold-0': 'complete',
      'train-fold-1': 'failed',
      'predict-fold-1': 'cancelled',
    });
    const second = await submit(await clusterFile('good'));
    expect(second.arrays.flatMap(({ tasks }) => tasks.map(({ step }) => step))).toEqual([
      `${MODEL}:train-fold-1`,
      `${MODEL}:predict-fold-1`,
    ]);
    expect(second.done).toBe(3);
    // While they wait or run, they are not submitted again.
    const third = await submit(await clusterFile('good'));
    expect(third.arrays).toEqual([]);
    expect(third.queued + third.done).toBe(5);
    expect(Object.values(states(await until(root, settled)))).toEqual(Array(5).fill('complete'));
    expect(await results(root)).toEqual(await results(local));
    expect((await submit(await clusterFile('good'))).arrays).toEqual([]);
  }, 600_000);

  it('a training that is cancelled, loses its node and reaches its limit ends with the same weights', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await newRoot('trouble');
    const step = `${MODEL}:train-fold-0`;
    const long = await clusterFile('long', await preload('slow', slow(3000)));
    // So slow that the limit comes before the end on a fast machine too, and less than the signal comes before the limit.
    const short = await clusterFile('short', {
      ...(await preload('slower', slow(8000))),
      tasks: { [`${MODEL}:train-*`]: { time: '1m' } },
      slurm: { signalSeconds: 20 },
    });
    const submit = (settings: string) =>
      ichor(root, 'submit', `${step}:demo`, '--on', 'slurm', '--cluster', settings, ...given);
    const ofStep = (found: readonly JobStatus[]) => found.find((job) => job.step === step);
    const running = (after: number) => (found: readonly JobStatus[]) => {
      const job = ofStep(found);
      return job?.state === 'running' && steps(job) > after;
    };

    await submit(long);
    await until(root, running(1));
    await ichor(root, 'jobs', '--cancel');
    const cancelled = ofStep(await until(root, settled));
    expect(cancelled?.state).toBe('cancelled');
    expect(await readdir(join(root, 'intermediate_output', MODEL))).toContain('fold0_checkpoint.safetensors');

    await submit(long);
    const before = ofStep(await until(root, running(cancelled === undefined ? 0 : steps(cancelled))));
    const node = before?.node ?? '';
    await losePower(node);
    const resumed = await until(root, (found) => {
      const job = ofStep(found);
      return job !== undefined && job.state === 'running' && job.tries === 2;
    });
    expect(ofStep(resumed)?.node).not.toBe(node);
    expect(ofStep(resumed)?.note).toContain(`was lost on ${node}`);
    spawnSync('sh', [join(tools, 'start-node.sh'), join(folder, 'slurm'), node], { env });
    await ichor(root, 'jobs', '--cancel');
    await until(root, settled);

    await submit(short);
    expect(ofStep(await until(root, settled, 400))?.state).toBe('complete');
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
