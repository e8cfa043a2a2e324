import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terminal } from '@ichor/cli';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { buildLightgbm } from './boosted-trees.js';
import { runTasks, type TaskRun } from './run-tasks.js';
import { planTasks } from './task-plan.js';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ichor-pipeline-'));
  await mkdir(join(workspace, 'node_modules', 'nx', 'bin'), { recursive: true });
  await writeFile(join(workspace, 'package.json'), '{}');
});

/** Puts a program in the place of Nx. */
const fakeNx = (source: string) => writeFile(join(workspace, 'node_modules', 'nx', 'bin', 'nx.js'), source);

function quiet() {
  let shown = '';
  return { terminal: new Terminal({ write: (text) => (shown += text) }), shown: () => shown };
}

function start(overrides: Partial<TaskRun> = {}) {
  const { terminal, shown } = quiet();
  const result = runTasks({
    workspace,
    request: { configuration: 'demo', given: ['--workers=2'] },
    steps: new Set(['preprocess:preprocess', 'net:train-fold-0', 'submission:make']),
    label: 'demo',
    env: process.env,
    logFile: join(workspace, 'out', 'demo.log'),
    terminal,
    signal: new AbortController().signal,
    parallel: 2,
    ...overrides,
  });
  return { result, shown };
}

describe('runTasks', () => {
  it('counts the steps, says which were there already, and logs everything', async () => {
    await fakeNx(`console.log([
      '> nx run cli:build  [local cache]', '> nx run preprocess:preprocess:demo  [local cache]',
      '> nx run net:train-fold-0:demo', 'net: fold 0  40 %  2/5', 'net: net:train-fold-0 done in 2.5 s',
      '> nx run submission:make:demo', 'submission: submission:make done in 61 s'].join('\\n'))`);
    const { result, shown } = start();
    expect(await result).toMatchObject({ ran: 2, unchanged: 1 });
    expect(shown().split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^\[ +1\/3\] preprocess:preprocess +unchanged$/),
      expect.stringMatching(/^\[ +2\/3\] net:train-fold-0 +2\.5 s$/),
      expect.stringMatching(/^\[ +3\/3\] submission:make +1:01$/),
    ]);
    expect(await readFile(join(workspace, 'out', 'demo.log'), 'utf8')).toContain('fold 0  40 %');
  });

  it('passes options and the configuration on to Nx', async () => {
    await fakeNx(`console.log('asked: ' + process.argv.slice(2).join(' '))`);
    await start().result;
    expect(await readFile(join(workspace, 'out', 'demo.log'), 'utf8')).toMatch(
      /^asked: run submission:make:demo --workers=2 --output-style=stream/,
    );
    await start({ request: { models: ['a', 'b'], given: [] } }).result;
    expect(await readFile(join(workspace, 'out', 'demo.log'), 'utf8')).toMatch(
      /^asked: run-many --targets=train,predict --projects=a,b --output-style=stream/,
    );
  });

  it('shows a failure at once, goes on, and ends with the cause', async () => {
    // The other fold goes on for as long as the test has not seen the failure.
    await fakeNx(`console.log(['> nx run net:train-fold-0:demo', '> nx run other:train-fold-0:demo',
      'net: epoch 1', 'other: epoch 1', 'net: train: /data: the disk is full (make room) [files/full]',
      'other: train: going on', 'net: net:train-fold-0 failed with exit code 1'].join('\\n'));
      const seen = setInterval(() => {
        if (!require('fs').existsSync('seen')) return;
        clearInterval(seen);
        console.log('other: other:train-fold-0 done in 3 s\\n NX   Ran target\\nFailed tasks:\\n- net:train-fold-0:demo');
        process.exitCode = 1;
      }, 20)`);
    const { result, shown } = start({ steps: new Set(['net:train-fold-0', 'other:train-fold-0']) });
    const failed = expect(result).rejects.toMatchObject({
      code: 'pipeline/failed',
      message: 'net:train-fold-0 failed: train: /data: the disk is full (make room) [files/full]',
    });
    await vi.waitFor(
      () => expect(shown()).toMatch(/\[ failed\] net:train-fold-0\n +epoch 1\n +train: \/data/),
      {
        timeout: 60_000,
      },
    );
    expect(shown()).not.toContain('going on');
    await writeFile(join(workspace, 'seen'), '');
    await failed;
    expect(shown()).toMatch(/other:train-fold-0 +3/);
  });

  it('names what was running when Nx itself fails', async () => {
    await fakeNx(`console.log('> nx run net:train-fold-0:demo\\nnet: the end'); process.exitCode = 1`);
    await expect(start().result).rejects.toMatchObject({
      message: 'net:train-fold-0 failed: net: the end',
    });
  });

  it('starts nothing after a stop', async () => {
    await fakeNx(`require('fs').writeFileSync('started', '')`);
    const signal = AbortSignal.abort(new Error('stopped by the user'));
    await expect(start({ signal }).result).rejects.toBe(signal.reason);
    const { terminal } = quiet();
    await expect(buildLightgbm(workspace, terminal, signal)).rejects.toBe(signal.reason);
    await expect(planTasks(workspace, { given: [] }, { env: process.env, signal })).rejects.toBe(
      signal.reason,
    );
    expect(existsSync(join(workspace, 'started'))).toBe(false);
  });

  it('passes a stop on and ends with its reason', async () => {
    await fakeNx(`process.on('SIGINT', () => process.exit(130)); console.log('> nx run net:train-fold-0');
      setInterval(() => 0, 1000)`);
    const controller = new AbortController();
    const { result } = start({ signal: controller.signal });
    const reason = new Error('stopped by the user');
    const stop = setInterval(() => controller.abort(reason), 300);
    await expect(result).rejects.toBe(reason);
    clearInterval(stop);
  });
});

describe('buildLightgbm', () => {
  const { signal } = new AbortController();

  it('says why it cannot be compiled, and lets the pipeline go on', async () => {
    await fakeNx(`console.error('build: no g++ here [gbdt/compiler]\\n NX   Failed'); process.exitCode = 1`);
    const { terminal, shown } = quiet();
    await buildLightgbm(workspace, terminal, signal);
    expect(shown()).toContain('LightGBM cannot be compiled here: build: no g++ here [gbdt/compiler]');
  });

  it('does not report a stop as a missing compiler', async () => {
    await fakeNx(`process.on('SIGINT', () => process.exit(1)); require('fs').writeFileSync('started', '');
      setInterval(() => 0, 1000)`);
    const controller = new AbortController();
    const { terminal, shown } = quiet();
    const building = buildLightgbm(workspace, terminal, controller.signal);
    await vi.waitFor(() => expect(existsSync(join(workspace, 'started'))).toBe(true), { timeout: 60_000 });
    const reason = new Error('stopped by the user');
    controller.abort(reason);
    await expect(building).rejects.toBe(reason);
    expect(shown()).not.toContain('cannot be compiled');
  });
});

describe('planTasks', () => {
  const { signal } = new AbortController();

  it('takes the steps and leaves the builds', async () => {
    const task = (project: string, target: string) => ({ target: { project, target } });
    const tasks = {
      a: task('cli', 'build'),
      b: task('net', 'train-fold-0'),
      c: task('net', 'train'),
      d: task('submission', 'make'),
    };
    await fakeNx(`require('fs').writeFileSync(process.argv.find((a) => a.startsWith('--graph=')).slice(8),
      ${JSON.stringify(JSON.stringify({ tasks: { tasks } }))})`);
    expect(await planTasks(workspace, { given: [] }, { env: process.env, signal })).toEqual(
      new Set(['net:train-fold-0', 'submission:make']),
    );
  });

  it('reports the message of Nx when there is no plan', async () => {
    await fakeNx(`console.error('Cannot find project submission'); process.exitCode = 1`);
    await expect(planTasks(workspace, { given: [] }, { env: process.env, signal })).rejects.toMatchObject({
      code: 'pipeline/plan',
      reason: expect.stringContaining('Cannot find project submission'),
    });
  });
});
