import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunRecord, terminal } from '@ichor/cli';
import { writeFoldRecord } from '@ichor/experiment';
import { acquireLock } from '@ichor/files';
import { layout, type Layout } from '@ichor/tables';
import { baseModelFiles } from '@ichor/training';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { statusCommand, statusLines } from '../commands/status.js';
import { foldStatus, type ModelKind } from './fold-status.js';
import { findModels } from './models.js';

let root: string;
let paths: Layout;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-status-'));
  paths = layout(root);
});
afterEach(() => rm(root, { recursive: true }));

const files = (fold: number, model = 'net') => baseModelFiles(paths, model, fold);
const state = (fold: number, kind: ModelKind = 'base-model') =>
  foldStatus(paths, { name: 'net', kind }, fold);

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const scores = { logLoss: [], weightedLogLoss: 0.25, auc: [], macroAuc: 0.75, microAuc: null };

/** The first of the epochs is the best. */
async function putHistory(fold: number, epochs: number, settings: object = { epochs: 3 }): Promise<void> {
  const epoch = (number: number) => ({
    ...{ epoch: number, steps: 4, trainingLoss: 0.5, validationLoss: 0.3 + number, scores },
    ...{ unreadable: [], seconds: 10, waitShare: 0 },
  });
  const history = {
    ...{ format: 'ichor-history', version: 1 },
    identity: { settings, fold, data: 'd', start: 'none' },
    epochs: Array.from({ length: epochs }, (_, number) => epoch(number)),
  };
  await put(files(fold).history, JSON.stringify(history));
}

const putManifest = (path: string, status: 'complete' | 'stopped' | 'failed', command = 'train') =>
  mkdir(dirname(path), { recursive: true }).then(() => new RunRecord({ command }).write(path, status));

const step = (at: number) =>
  JSON.stringify({
    kind: 'step',
    epochs: 3,
    epoch: 1,
    step: at,
    steps: 4,
    samples: 16,
    waited: 0,
    took: 1000,
  });

it('recognizes every state of a fold', async () => {
  expect(await state(0)).toEqual({ fold: 0, state: 'not begun', trained: false });

  await put(files(0).metrics, `${step(0)}\n${step(1)}\n`);
  expect(await state(0)).toMatchObject({ state: 'interrupted', pace: { epoch: 2, epochs: 3 } });

  const lock = await acquireLock(files(0).folder, { purpose: 'fold0' });
  expect(await state(0)).toMatchObject({ state: 'running', holder: { pid: process.pid } });
  // The lock is of this fold alone.
  expect((await state(1)).state).toBe('not begun');
  await lock.release();

  await putHistory(0, 1);
  await putManifest(files(0).trainManifest, 'stopped');
  // 6 of 12 steps of 1 s; the first epoch took 10 s for 4 of them: two validations of 6 s are left.
  expect(await state(0)).toEqual({
    fold: 0,
    state: 'stopped',
    trained: false,
    best: { weightedLogLoss: 0.25, macroAuc: 0.75, epoch: 1 },
    pace: { epoch: 2, epochs: 3, share: 0.5, secondsLeft: 18 },
  });
  await putManifest(files(0).trainManifest, 'failed');
  expect(await state(0)).toMatchObject({ state: 'failed', see: files(0).trainLog });

  await putHistory(0, 3);
  await putManifest(files(0).trainManifest, 'complete');
  expect(await state(0)).toEqual({
    fold: 0,
    state: 'trained',
    trained: true,
    best: { weightedLogLoss: 0.25, macroAuc: 0.75, epoch: 1 },
  });
  await putManifest(files(0).predictManifest, 'failed');
  expect(await state(0)).toMatchObject({ state: 'failed', trained: true, see: files(0).predictLog });

  const settings = { fold: 0, settings: {}, parts: {}, data: 'd', predictions: 'p' };
  await writeFoldRecord(files(0).record, { kind: 'base-model', name: 'net', ...settings });
  // A record alone is no prediction.
  expect((await state(0)).state).toBe('failed');
  await put(files(0).valid, '');
  expect((await state(0)).state).toBe('predicted');

  await put(files(0).history, '{');
  expect(await state(0)).toMatchObject({
    state: 'damaged',
    see: expect.stringContaining('fold0_history.json'),
  });
});

it('reads what a stacker leaves', async () => {
  // Its history has another form.
  await put(files(1).history, '{"format":"ichor-stacker-1","identity":"x","parts":{}}');
  await putManifest(files(1).trainManifest, 'stopped', 'stack');
  expect(await state(1, 'stacker')).toEqual({ fold: 1, state: 'stopped', trained: false });
  // Without an app the form of its history tells the kind.
  expect(await state(1, 'unknown')).toEqual({ fold: 1, state: 'stopped', trained: false });
  const lock = await acquireLock(files(1).folder, { purpose: 'fold1' });
  const running = await state(1, 'stacker');
  expect(running).toMatchObject({ state: 'running', trained: false });
  expect(statusLines('/data', [{ name: 'net', kind: 'stacker', folds: [running] }])[1]).toMatch(
    /net +0\/1 +0\/1/,
  );
  await lock.release();
  const settings = { fold: 1, settings: {}, parts: {}, data: 'd', predictions: 'p' };
  await writeFoldRecord(files(1).record, { kind: 'stacker', name: 'net', ...settings });
  await put(files(1).valid, '');
  const record = new RunRecord({ command: 'stack' });
  record.result('scores', scores);
  await record.write(files(1).trainManifest);
  expect(await state(1, 'stacker')).toEqual({
    fold: 1,
    state: 'predicted',
    trained: true,
    best: { weightedLogLoss: 0.25, macroAuc: 0.75 },
  });
});

it('finds the models of the workspace, their named runs, and others that left files', async () => {
  for (const name of ['xception.slow', 'xception', 'somebodys-net']) await put(files(2, name).metrics, '');
  await put(join(root, 'intermediate_output', 'preprocessed_data', 'train.arrow'), '');
  const names = (await findModels(paths)).map(({ name }) => name);
  const at = names.indexOf('xception');
  expect(names.slice(at, at + 2)).toEqual(['xception', 'xception.slow']);
  expect((await findModels(paths)).at(-1)).toMatchObject({ name: 'somebodys-net', kind: 'unknown' });
  expect(names).not.toContain('preprocessed_data');
  const stackers = (await findModels(paths)).filter(({ kind }) => kind === 'stacker');
  expect(stackers.map(({ name }) => name)).toContain('lgbm-stacking-2');
});

it('ends a training where its patience ends', async () => {
  // The first epoch is the best: after two more without a lower loss, a patience of 2 is used up.
  await putHistory(0, 3, { epochs: 9, patience: 2 });
  expect(await state(0)).toMatchObject({ state: 'trained', trained: true });
  await putHistory(1, 3, { epochs: 9, patience: 3 });
  expect(await state(1)).toMatchObject({ state: 'interrupted', trained: false });
  await putHistory(2, 3, {});
  expect(await state(2)).toMatchObject({
    state: 'damaged',
    see: expect.stringContaining('number of epochs'),
  });
});

it('refuses a model that is not there', async () => {
  vi.stubEnv('ICHOR_ROOT', root);
  const run = statusCommand.execute(['--models', 'xception,xceptoin'], {
    signal: new AbortController().signal,
    terminal,
    print: () => undefined,
  });
  await expect(run).rejects.toThrow('there is no xceptoin');
  vi.unstubAllEnvs();
});

it('shows a row a model, and below it what is not begun and why something failed', () => {
  const lines = statusLines('/data', [
    {
      name: 'net',
      kind: 'base-model',
      folds: [
        {
          fold: 0,
          state: 'predicted',
          trained: true,
          best: { weightedLogLoss: 0.25, macroAuc: 0.75, epoch: 1 },
        },
        { fold: 1, state: 'failed', trained: false, see: '/data/fold1_train.log' },
        { fold: 2, state: 'not begun', trained: false },
      ],
    },
    { name: 'other', kind: 'stacker', folds: [{ fold: 0, state: 'not begun', trained: false }] },
  ]);
  expect(lines[1]?.split('\n')[2]?.split(/ {2,}/)).toEqual([
    ...['net', '1/3', '1/3', '1 failed', '0.2500', '0.7500', '-'],
  ]);
  expect(lines.slice(2)).toEqual(['net fold 1 failed: see /data/fold1_train.log', 'not begun: other']);
});
