import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { LABELS, predictionsTable, readTable } from '@ichor/tables';
import { describe, expect, it } from 'vitest';
import { makeStacker } from '../config/define.js';
import { cnn1Settings, lgbmSettings, mlpSettings } from '../config/presets.js';
import { makeTinyRoot } from '../testing/tiny-root.js';
import { readTrainingData } from './fold-data.js';
import { holdOut } from './nested.js';
import { trainStackerFold } from './train-stacker-fold.js';

const cpu = { threads: 1, provider: 'cpu' } as const;
const inputs = ['m0', 'm1'];
const trees = makeStacker({
  ...lgbmSettings,
  name: 'trees',
  inputs,
  features: ['prediction', 'rolling-mean-3'],
  minSumHessianInLeaf: 1,
  rounds: 60,
  earlyStoppingRounds: 10,
});
const dense = makeStacker({
  ...mlpSettings,
  name: 'dense',
  inputs,
  features: ['prediction'],
  hidden: [8],
  epochs: 12,
  batchSize: 16,
  schedule: { kind: 'constant', learningRate: 3e-2 },
});

const outputs = async (path: string) => {
  const { columns } = await readTable(path, predictionsTable);
  return LABELS.map((label) => columns[`output_${label}`]);
};

describe('nested predictions', () => {
  it.each([trees, dense])('of $name do not depend on the labels of their own fold', async (stacker) => {
    const fits = [];
    for (const flipped of [{}, { flippedFold: 1 }]) {
      const { root, paths, folds } = await makeTinyRoot({ models: inputs, studies: 18, ...flipped });
      const { parts } = await trainStackerFold({ ...cpu, stacker, fold: 1, folds, root });
      fits.push({ parts, nested: await outputs(paths.predictions(stacker.name, 1, 'nested')) });
    }
    // With the labels turned around, the fold stops elsewhere: what it reports has seen them.
    expect(fits[0]?.parts).not.toEqual(fits[1]?.parts);
    expect(fits[0]?.nested).toEqual(fits[1]?.nested);
  });

  it('are left out when asked, and where nothing is chosen', async () => {
    const models = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'];
    const { root, paths, folds } = await makeTinyRoot({ models, studies: 12 });
    await trainStackerFold({ ...cpu, stacker: trees, fold: 0, folds, root, nested: false });
    expect(existsSync(paths.predictions('trees', 0, 'nested'))).toBe(false);
    const stacker = makeStacker({ ...cnn1Settings, name: 'cnn', inputs: models, epochs: 1 });
    await trainStackerFold({ ...cpu, stacker, fold: 0, folds, root });
    expect(existsSync(paths.predictions('cnn', 0, 'nested'))).toBe(false);
  });

  it('of the inputs are what the next level sees', async () => {
    const { paths, folds } = await makeTinyRoot({ models: inputs, studies: 12 });
    const read = (set: 'valid' | 'nested') => readTrainingData(paths, { inputs }, { fold: 0, folds, set });
    expect(await read('nested')).toEqual(await read('valid'));
    // m0 has the predictions of m1 as its nested predictions.
    for (const fold of folds) {
      await copyFile(paths.predictions('m1', fold, 'valid'), paths.predictions('m0', fold, 'nested'));
    }
    const { train, valid } = await read('nested');
    expect(train.predictions.columns[0]).toEqual(train.predictions.columns[1]);
    expect(valid.predictions.columns[0]).toEqual(valid.predictions.columns[1]);
    expect((await read('valid')).valid.predictions.columns[0]).not.toEqual(valid.predictions.columns[1]);
  });
});

describe('holdOut', () => {
  it('holds out the next training fold', async () => {
    const { paths, folds } = await makeTinyRoot({ models: inputs, studies: 12 });
    // Folds of a study: its number modulo 3. Fold 0 trains on 1 and 2, fold 2 on 0 and 1.
    for (const [fold, next] of [
      [0, 1],
      [2, 0],
    ] as const) {
      const split = holdOut(await readTrainingData(paths, { inputs }, { fold, folds, set: 'valid' }), fold);
      const studies = split?.valid.slices.ids.map((id) => Math.floor(Number(id.slice(4)) / 8));
      expect(new Set(studies?.map((study) => study % 3))).toEqual(new Set([next]));
      expect(split?.valid.slices.rows).toBe(32);
      expect(split?.train.slices.rows).toBe(32);
    }
  });

  it('holds out every third patient of a single fold', async () => {
    const { paths } = await makeTinyRoot({ models: inputs, studies: 12 });
    const data = await readTrainingData(paths, { inputs }, { fold: 0, folds: [0, 1], set: 'valid' });
    const split = holdOut(data, 0);
    // Four studies of eight slices, one patient each: the second is held out.
    expect(split?.valid.slices.rows).toBe(8);
    expect(split?.train.slices.rows).toBe(24);
    const heldOut = new Set(split?.valid.slices.patients);
    expect(split?.train.slices.patients.some((patient) => heldOut.has(patient))).toBe(false);
    const one = new Uint32Array(data.train.slices.rows);
    const alone = { ...data.train, slices: { ...data.train.slices, patients: one } };
    expect(holdOut({ ...data, train: alone }, 0)).toBeUndefined();
  });
});
