import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terminal } from '@ichor/cli';
import { beforeEach, describe, expect, it } from 'vitest';
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

function start(overrides: Partial<TaskRun> = {}) {
  let shown = '';
  const terminal = new Terminal({ write: (text) => (shown += text) });
  const result = runTasks({
    workspace,
    task: 'submission:make:demo',
    steps: new Set(['preprocess:preprocess', 'net:train-fold-0', 'submission:make']),
    label: 'demo',
    env: process.env,
    logFile: join(workspace, 'out', 'demo.log'),
    terminal,
    signal: new AbortController().signal,
    parallel: 2,
    ...overrides,
  });
  return { result, shown: () => shown };
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

  it('shows the end of the output of the step that failed', async () => {
    await fakeNx(
      `console.log('> nx run net:train-fold-0:demo\\nnet: the disk is full'); process.exitCode = 1`,
    );
    const { result } = start();
    await expect(result).rejects.toMatchObject({
      code: 'pipeline/failed',
      reason: expect.stringMatching(/^net:train-fold-0 failed:\n {2}net: the disk is full/),
      file: join(workspace, 'out', 'demo.log'),
    });
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

describe('planTasks', () => {
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
    expect(await planTasks(workspace, 'submission:make', process.env)).toEqual(
      new Set(['net:train-fold-0', 'submission:make']),
    );
  });

  it('says what Nx said when there is no plan', async () => {
    await fakeNx(`console.error('Cannot find project submission'); process.exitCode = 1`);
    await expect(planTasks(workspace, 'submission:make', process.env)).rejects.toMatchObject({
      code: 'pipeline/plan',
      reason: expect.stringContaining('Cannot find project submission'),
    });
  });
});
