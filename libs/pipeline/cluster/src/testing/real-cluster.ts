import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { JobStatus } from '../jobs/overview.js';

const run = promisify(execFile);

export const workspace = resolve(fileURLToPath(new URL('../../../../../', import.meta.url)));
const program = join(workspace, 'apps', 'ichor', 'dist', 'main.js');

/** The network that the tests on real schedulers train. */
export const MODEL = 'efficientnet-b0-nine';
/** Small batches: twelve steps an epoch, so that there is a middle. */
const given = ['--', '--provider', 'cpu', '--workers', '1', '--batch-size', '8'];

/** What `ichor submit --json` prints, as far as tests read it. */
export interface Submitted {
  readonly arrays: readonly { readonly name: string; readonly tasks: readonly { readonly step: string }[] }[];
  readonly done: number;
  readonly queued: number;
}

/** Variables of the shell of a user, whose commands work on two folds. */
export function userEnvironment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...process.env, ICHOR_FOLDS: '0,1', INIT_CWD: workspace, ...more };
}

/**
 * The commands of a user of a scheduler, with the smallest demo below a folder for tests.
 *
 * @param settings of every cluster.json
 */
export class RealCluster {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #settings: object;

  constructor(folder: string, env: NodeJS.ProcessEnv, settings: object = {}) {
    this.folder = folder;
    this.#env = env;
    this.#settings = settings;
  }

  /** @returns standard output; the exit code does not matter unless the scheduler or the submission is at fault */
  async ichor(root: string, ...words: string[]): Promise<string> {
    const options = { cwd: workspace, env: { ...this.#env, ICHOR_ROOT: root }, maxBuffer: 1 << 26 };
    try {
      return (await run(process.execPath, [program, ...words], options)).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      if (stderr.includes('[cluster/')) throw new Error(stderr, { cause: error });
      return stdout;
    }
  }

  /** @param settings file of the cluster */
  async submit(root: string, system: string, task: string, settings: string): Promise<Submitted> {
    const output = await this.ichor(
      root,
      'submit',
      task,
      '--on',
      system,
      '--json',
      '--cluster',
      settings,
      ...given,
    );
    // The steps that run here print too.
    return system === 'local' ? { arrays: [], done: 0, queued: 0 } : (JSON.parse(output) as Submitted);
  }

  async jobs(root: string): Promise<readonly JobStatus[]> {
    const lines = (await this.ichor(root, 'jobs', '--json')).trim().split('\n');
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as JobStatus);
  }

  /** Looks until the jobs are as they should be. */
  async until(root: string, what: (found: readonly JobStatus[]) => boolean, seconds = 240) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = await this.jobs(root);
      if (what(found)) return found;
      if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${JSON.stringify(found, null, 1)}`);
      await sleep(1000);
    }
  }

  /** The input of all roots: a phantom set. */
  async makeInput(): Promise<void> {
    const size = '--patients 8 --test-patients 2 --size 64 --slice-spacing 12 --out'.split(' ');
    await this.ichor(this.folder, 'phantom', ...size, join(this.folder, 'set'));
  }

  /** A folder with the same input. */
  async newRoot(name: string): Promise<string> {
    const root = join(this.folder, name);
    await mkdir(root, { recursive: true });
    await symlink(join(this.folder, 'set', 'input'), join(root, 'input'));
    return root;
  }

  async clusterFile(name: string, more: object = {}): Promise<string> {
    const file = join(this.folder, `${name}.json`);
    const all = { gpus: 0, cores: 1, memory: '1500M', time: '10m' };
    await writeFile(file, JSON.stringify({ all, ...this.#settings, ...more }));
    return file;
  }

  /** A module that every program of a job loads first. */
  async preload(name: string, code: string): Promise<{ environment: Record<string, string> }> {
    const file = join(this.folder, `${name}.mjs`);
    await writeFile(file, code);
    return { environment: { NODE_OPTIONS: `--import=${file}` } };
  }
}

export const settled = (found: readonly JobStatus[]) =>
  found.length > 0 && found.every(({ state }) => state !== 'waiting' && state !== 'running');

/** By the names of the targets. */
export const states = (found: readonly JobStatus[]) =>
  Object.fromEntries(found.map(({ step, state }) => [step.replace(`${MODEL}:`, ''), state]));

/** Steps that a training has done. */
export const steps = ({ progress }: JobStatus) =>
  progress === undefined ? 0 : progress.epoch * progress.steps + progress.step;

/** Hashes of weights and tables by name; manifests and logs hold times. */
export async function results(root: string, only = /./): Promise<Record<string, string>> {
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

/** Code that makes each step of training longer by so many milliseconds, without using a core. */
export const slow = (milliseconds: number) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { appendFileSync } = fs;
  fs.appendFileSync = (path, ...rest) => {
    appendFileSync(path, ...rest);
    if (String(path).endsWith('metrics.jsonl')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});
  };
  syncBuiltinESMExports();
`;

/** Code that lets the training of fold 1 fail. */
export const failing = `
  if (process.argv[1]?.endsWith('train.js') && process.argv.join(' ').includes('--fold 1')) {
    console.error('this fold fails [test/fails]');
    process.exit(1);
  }
`;
