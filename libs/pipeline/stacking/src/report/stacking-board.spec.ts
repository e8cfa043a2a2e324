import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCurves } from '@ichor/experiment/testing';
import { LABELS } from '@ichor/tables';
import { makeStacker } from '../config/define.js';
import { lgbmSettings, mlpSettings, sequenceSettings } from '../config/presets.js';
import { makeTinyRoot } from '../testing/tiny-root.js';
import { stackerFiles } from '../train/files.js';
import { trainStackerFold } from '../train/train-stacker-fold.js';
import { StackingBoard } from './stacking-board.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ichor-board-'))));
afterEach(() => rm(folder, { recursive: true }));

const contentOf = async (path: string) =>
  (await Promise.all((await readdir(path)).map((name) => readFile(join(path, name), 'latin1')))).join('');

it('is a run for each part, which a second fit replaces, and one for the fold', async () => {
  const board = new StackingBoard(join(folder, 'fold0_tensorboard'));
  for (const measured of ['earlier', 'later']) {
    await board.begin('any');
    board.add(1, { [measured]: 1, 'no number': null });
  }
  await board.begin('epidural');
  const text = await contentOf(join(folder, 'fold0_tensorboard', 'any'));
  expect(text).toContain('later');
  expect(text).not.toContain('earlier');
  expect(text).not.toContain('no number');

  const stacker = makeStacker({ ...mlpSettings, name: 'mlp-x', inputs: ['a'] });
  const scores = {
    logLoss: LABELS.map(() => 0.5),
    auc: LABELS.map((label) => (label === 'epidural' ? null : 0.75)),
    weightedLogLoss: 0.5,
    meanOfInputs: 0.6,
  };
  await board.finish(stacker, scores);
  const names = await readdir(join(folder, 'fold0_tensorboard'));
  expect(names.filter((name) => !name.startsWith('events.'))).toEqual(['any', 'epidural']);
  const file = names.find((name) => name.startsWith('events.')) ?? '';
  const ofFold = await readFile(join(folder, 'fold0_tensorboard', file), 'latin1');
  for (const tag of ['auc/any', 'log_loss/epidural', '_hparams_/session_start_info', 'mlp-x', 'patience'])
    expect(ofFold).toContain(tag);
  expect(ofFold).not.toContain('auc/epidural');
});

const inputs = ['m0', 'm1'];
const small = { name: 'small', inputs, epochs: 2, batchSize: 64 };
const stackers = {
  mlp: makeStacker({ ...mlpSettings, ...small, hidden: [4] }),
  sequence: makeStacker({ ...sequenceSettings, ...small, width: 8, hidden: 4, layers: 1, attention: 4 }),
  lgbm: makeStacker({
    ...lgbmSettings,
    name: 'small',
    inputs,
    features: ['prediction'],
    minSumHessianInLeaf: 1,
    rounds: 4,
  }),
};

it.each([
  // 160 slices of the training folds, or the 80 of one of them, in batches of 64; validated after each epoch. The batch
  // with the rest of a training has 32 and 16 slices. ml-xgboost is measured after 1, 2 and 4 rounds.
  ['mlp', 'any', ['3', '6']],
  ['mlp', 'nested-any', ['2', '4']],
  ['lgbm', 'epidural', ['1', '2', '4']],
] as const)('has the validation losses of %s under %s', async (kind, part, steps) => {
  const curves = await curvesOf(kind, part);
  expect(curves['loss/validation']?.map((value) => value.split(' ')[0])).toEqual(steps);
  const last = Number(steps.at(-1));
  if (kind !== 'lgbm') expect(curves['loss/step']).toHaveLength(last);
});

// One training fold is held out after the other.
it.each(['held-out-1', 'held-out-2'])('has the losses of the sequence model under %s', async (part) => {
  const curves = await curvesOf('sequence', part);
  expect(curves['loss/step']).toHaveLength(2);
  expect(curves['optimizer/learning_rate']).toHaveLength(2);
});

const fitted = new Map<string, string>();

/** Of one fit for each kind. */
async function curvesOf(kind: keyof typeof stackers, part: string) {
  const stacker = stackers[kind];
  let board = fitted.get(kind);
  if (board === undefined) {
    const { root, paths, folds } = await makeTinyRoot({ models: inputs });
    board = stackerFiles(paths, 'small', 0).tensorboard;
    fitted.set(kind, board);
    const writer = new StackingBoard(board);
    const events = {
      fitting: (name: string) => writer.begin(name),
      measured: (step: number, values: Readonly<Record<string, number | null>>) => writer.add(step, values),
    };
    const options = { threads: 1, provider: 'cpu', gbdt: 'ml-xgboost' } as const;
    await trainStackerFold({ ...options, stacker, fold: 0, folds, root, events });
  }
  return readCurves(join(board, part));
}
