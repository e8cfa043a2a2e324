import { readFile, rm } from 'node:fs/promises';
import { LABELS, predictionsTable, readTable } from '@ichor/tables';
import { describe, expect, it } from 'vitest';
import { resolveStacker, defineStacker, makeStacker } from '../config/define.js';
import {
  cnn1Settings,
  cnn2Settings,
  lgbmSettings,
  mlpSettings,
  sequenceSettings,
} from '../config/presets.js';
import { makeTinyRoot } from '../testing/tiny-root.js';
import { computeFeatures } from '../features/compute.js';
import { fitScaler } from '../features/scaling.js';
import { stackerFiles } from './files.js';
import { readFoldData } from './fold-data.js';
import { trainStackerFold } from './train-stacker-fold.js';

const models = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'];
/** Tests run two at a time: one thread each, and no search for a GPU. */
const cpu = { threads: 1, provider: 'cpu' } as const;
const trees = makeStacker({
  ...lgbmSettings,
  name: 'trees',
  inputs: models.slice(0, 2),
  features: ['prediction', 'study-max', 'rolling-mean-3', 'standard-score'],
  minSumHessianInLeaf: 1,
  rounds: 100,
  earlyStoppingRounds: 15,
});

const read = async (path: string) => {
  const { columns } = await readTable(path, predictionsTable);
  return {
    ids: columns.ID,
    outputs: LABELS.map((label) => columns[`output_${label}`]),
    targets: LABELS.map((label) => columns[`target_${label}`]),
  };
};

const tinySequence = {
  ...sequenceSettings,
  width: 16,
  hidden: 8,
  layers: 1,
  attention: 4,
  epochs: 20,
  batchSize: 8,
  slices: 8,
  learningRate: 1e-2,
  averaging: 0.9,
};

describe('trainStackerFold', () => {
  const schedule = { kind: 'constant', learningRate: 1e-2 } as const;
  const dense = { ...mlpSettings, hidden: [16, 8], epochs: 20, batchSize: 32, schedule };
  const apps = {
    trees,
    'cnn-1': makeStacker({
      ...cnn1Settings,
      name: 'cnn-one',
      inputs: models,
      epochs: 5,
      batchSize: 32,
      schedule: { kind: 'multi-step', learningRate: 3e-3, milestones: [3], gamma: 0.5 },
    }),
    'cnn-2': makeStacker({
      ...cnn2Settings,
      name: 'cnn-two',
      inputs: models.slice(0, 7),
      epochs: 15,
      batchSize: 32,
    }),
    mlp: makeStacker({ ...dense, name: 'dense', inputs: models.slice(0, 2) }),
    sequence: makeStacker({ ...tinySequence, name: 'in-order', inputs: models.slice(0, 2) }),
  };

  it.each(Object.entries(apps))('%s learns to see through the noise of its inputs', async (_, stacker) => {
    const { root, paths, folds } = await makeTinyRoot({ models: stacker.inputs });
    const { status, scores } = await trainStackerFold({ stacker, fold: 1, folds, root, ...cpu });
    expect(status).toBe('complete');
    expect(scores!.weightedLogLoss).toBeLessThan(scores!.meanOfInputs);

    const valid = await read(paths.predictions(stacker.name, 1, 'valid'));
    expect(valid.ids).toEqual([...valid.ids].sort());
    expect(valid.ids).toHaveLength(80);
    expect(new Set(valid.targets[0])).toEqual(new Set([0, 1]));
    const test = await read(paths.predictions(stacker.name, 1, 'test'));
    expect(test.ids).toHaveLength(32);
    for (const column of [...valid.outputs, ...test.outputs]) {
      expect(column.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    expect(test.targets[0]?.every(Number.isNaN)).toBe(true);

    const again = await trainStackerFold({ stacker, fold: 1, folds, root, ...cpu });
    expect(again.status).toBe('nothing-to-do');
    // The weights alone give the same predictions.
    await rm(paths.predictions(stacker.name, 1, 'valid'));
    await trainStackerFold({ stacker, fold: 1, folds, root, ...cpu });
    expect(await read(paths.predictions(stacker.name, 1, 'valid'))).toEqual(valid);
  });

  it('grows trees without LightGBM where it has to', async () => {
    const { root, folds } = await makeTinyRoot({ models: trees.inputs });
    const run = () => trainStackerFold({ stacker: trees, fold: 2, folds, root, ...cpu, gbdt: 'ml-xgboost' });
    const { engine, scores } = await run();
    expect(engine).toContain('ml-xgboost');
    expect(scores!.weightedLogLoss).toBeLessThan(scores!.meanOfInputs);
    expect((await run()).status).toBe('nothing-to-do');
  });

  it('fits again when settings or inputs change', async () => {
    const { root, folds } = await makeTinyRoot({ models: trees.inputs });
    const options = { fold: 0, folds, root, ...cpu };
    await trainStackerFold({ ...options, stacker: trees });
    const other = await trainStackerFold({ ...options, stacker: { ...trees, seed: 5 } });
    expect(other.status).toBe('complete');
    const fresh = await trainStackerFold({ ...options, stacker: { ...trees, seed: 5 }, fresh: true });
    expect(fresh.status).toBe('complete');
  });

  it('stops when asked and says so', async () => {
    const { root, folds } = await makeTinyRoot({ models: trees.inputs });
    const stop = new AbortController();
    const events = { begin: (label: string) => label.startsWith('subdural') && stop.abort() };
    const first = await trainStackerFold({
      stacker: trees,
      fold: 0,
      folds,
      root,
      ...cpu,
      signal: stop.signal,
      events,
    });
    expect(first.status).toBe('stopped');
    expect(Object.keys(first.parts)).toEqual(['any', 'epidural']);
    const begun: string[] = [];
    const second = await trainStackerFold({
      stacker: trees,
      fold: 0,
      folds,
      root,
      ...cpu,
      events: { begin: (label) => begun.push(label) },
    });
    expect(second.status).toBe('complete');
    expect(begun.some((label) => label.startsWith('epidural'))).toBe(false);
  });

  it.each(['auto', 'ml-xgboost'] as const)(
    'writes importances as a table and a picture (%s)',
    async (gbdt) => {
      const { root, paths, folds } = await makeTinyRoot({ models: trees.inputs });
      await trainStackerFold({ stacker: trees, fold: 0, folds, root, ...cpu, gbdt, nested: false });
      const files = stackerFiles(paths, 'trees', 0);
      const table = (await readFile(files.importanceTable, 'utf8')).trim().split('\n');
      expect(table[0]).toBe(
        'column,any,epidural,subdural,subarachnoid,intraventricular,intraparenchymal,total',
      );
      expect(table).toHaveLength(1 + 2 * 6 * 4);
      // What the models say of the slice itself or of its neighbourhood tells the most.
      expect(table[1]).toMatch(/^m[01]\/\w+\/(prediction|rolling-mean-3),/);
      expect(Number(table[1]?.split(',').at(-1))).toBeGreaterThan(0);
      expect(await readFile(files.importancePicture, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    },
  );

  it('says what is missing', async () => {
    const { root, paths, folds } = await makeTinyRoot({ models: trees.inputs });
    await rm(paths.predictions('m1', 2, 'valid'));
    await expect(trainStackerFold({ stacker: trees, fold: 0, folds, root })).rejects.toMatchObject({
      code: 'predictions/missing',
      remedy: expect.stringContaining('npx nx run m1:predict'),
    });
    await expect(trainStackerFold({ stacker: trees, fold: 0, folds: [0], root })).rejects.toMatchObject({
      code: 'stacking/no-training-folds',
    });
  });
});

describe('readFoldData', () => {
  it('counts filled slices and drops slices that no model predicted', async () => {
    const one = await makeTinyRoot({ models: ['m0', 'm1'], lacking: ['m1', 13] });
    const data = await readFoldData(one.paths, { inputs: ['m0', 'm1'] }, 1, one.folds);
    expect(data.filled.valid).toEqual({ m0: 0, m1: 1 });
    const alone = await readFoldData(one.paths, { inputs: ['m1'] }, 1, one.folds);
    expect(alone.dropped.valid).toEqual(['ID_a0013']);
    expect(alone.valid.slices.rows).toBe(data.valid.slices.rows - 1);
    expect(alone.train.slices.rows).toBe(data.train.slices.rows);
  });

  it.each([0, 1, 2])('lets no label of fold 2 reach a feature or a scaler of fold %i', async (fold) => {
    // The same predictions, but the labels of fold 2 are turned around.
    const [plain, flipped] = [
      await makeTinyRoot({ models: models.slice(0, 2) }),
      await makeTinyRoot({ models: models.slice(0, 2), flippedFold: 2 }),
    ];
    const features = ['prediction', 'study-std', 'patient-mean', 'rolling-std-9'] as const;
    const selection = { models: models.slice(0, 2), features, positionOrd: true };
    const [a, b] = [
      await readFoldData(plain.paths, { inputs: selection.models }, fold, plain.folds),
      await readFoldData(flipped.paths, { inputs: selection.models }, fold, flipped.folds),
    ];
    // The labels did change: of the fold itself, or of one that it learns from.
    expect(a[fold === 2 ? 'valid' : 'train'].targets).not.toEqual(b[fold === 2 ? 'valid' : 'train'].targets);
    expect(a[fold === 2 ? 'train' : 'valid'].targets).toEqual(b[fold === 2 ? 'train' : 'valid'].targets);
    for (const part of ['train', 'valid', 'test'] as const) {
      const matrices = [a, b].map((data) =>
        computeFeatures(data[part].slices, data[part].predictions, selection),
      );
      expect(matrices[0]?.data).toEqual(matrices[1]?.data);
      expect(a[part].slices.ids).toEqual(b[part].slices.ids);
    }
    // The scaler sees training rows alone: changing the validation predictions leaves it as it is.
    const scaler = () =>
      fitScaler(computeFeatures(a.train.slices, a.train.predictions, selection), 'standard');
    const before = scaler();
    for (const labels of a.valid.predictions.columns) for (const column of labels) column.fill(0.9);
    expect(scaler()).toEqual(before);
  });

  it('lets no label of the fold itself reach what it predicts', async () => {
    // The weights of the last epoch: early stopping and the choice of an epoch may look at the validation labels.
    const stacker = makeStacker({
      ...cnn1Settings,
      name: 'cnn',
      inputs: models,
      epochs: 2,
      batchSize: 64,
    });
    const outputs = [];
    for (const flipped of [{}, { flippedFold: 1 }]) {
      const { root, paths, folds } = await makeTinyRoot({ models, studies: 12, ...flipped });
      await trainStackerFold({ ...cpu, stacker, fold: 1, folds, root });
      const valid = await read(paths.predictions('cnn', 1, 'valid'));
      outputs.push({ valid, test: await read(paths.predictions('cnn', 1, 'test')) });
    }
    expect(outputs[0]?.valid.targets).not.toEqual(outputs[1]?.valid.targets);
    expect(outputs[0]?.valid.outputs).toEqual(outputs[1]?.valid.outputs);
    expect(outputs[0]?.test.outputs).toEqual(outputs[1]?.test.outputs);
  });
});

describe('defineStacker', () => {
  it('names what does not fit, also in a named configuration', () => {
    expect(() => makeStacker({ ...cnn1Settings, name: 'x', inputs: ['a', 'b'] })).toThrow('at least 8');
    expect(() => defineStacker({ ...lgbmSettings, configurations: { demo: { leafs: 3 } } })).toThrow(
      /configuration demo[\s\S]*leafs/,
    );
    const app = defineStacker({ ...lgbmSettings, configurations: { demo: { rounds: 3 } } });
    const place = { name: 'x', inputs: ['a'] };
    expect(resolveStacker(app, place, 'demo')).toMatchObject({ rounds: 3, leaves: 5, inputs: ['a'] });
    expect(() => resolveStacker(app, place, 'small')).toThrow('choose one of demo');
  });
});
