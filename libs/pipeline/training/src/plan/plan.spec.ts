import { tinyModel } from '@ichor/base-model/testing';
import { RunRecord } from '@ichor/cli';
import { createEngine } from '@ichor/runtime';
import { mkdir, writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { baseModelFiles } from '../files.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { writeHistory, type EpochRecord } from '../train/history.js';
import { readFoldWork, sliceCost } from './fold-work.js';
import { planOf, planText } from './plan.js';
import { speedOf } from './speed.js';

// Five folds of ten slices, ten slices to test; two epochs in batches of eight, two passes.
let set: TinySet;
beforeAll(async () => (set = await makeTinySet()));

const model = tinyModel({ name: 'planned' });
const weights = 4 * sliceCost(model).parameters;
const training = { predict: false, retrain: false, repredict: false };
const both = { ...training, predict: true };
const work = (what = training, one = model) => readFoldWork(set.layout, one, 0, what);

async function putHistory(epochs: number): Promise<void> {
  const files = baseModelFiles(set.layout, model.name, 0);
  await mkdir(files.folder, { recursive: true });
  const scores = { logLoss: [], weightedLogLoss: 1, auc: [], macroAuc: null, microAuc: null };
  const epoch = (number: number): EpochRecord => ({
    ...{ epoch: number, steps: 5, trainingLoss: 1, validationLoss: 1, scores },
    ...{ unreadable: [], seconds: 10, waitShare: 0 },
  });
  await writeHistory(files.history, {
    identity: { settings: {}, fold: 0, data: '', start: 'none' },
    epochs: Array.from({ length: epochs }, (_, number) => epoch(number)),
  });
}

it('counts the slices and bytes that are left of a fold', async () => {
  expect(await work()).toEqual({ fold: 0, epochsDone: 0, trained: 80, predicted: 20, disk: 5 * weights });
  expect(await work(both)).toMatchObject({
    predicted: 20 + 20 * 2,
    disk: 5 * weights + 40 * 64,
  });
  // 40 slices in batches of 16 are two whole ones.
  expect(await work(training, { ...model, batchSize: 16 })).toMatchObject({ trained: 64 });
  await putHistory(1);
  expect(await work()).toMatchObject({ epochsDone: 1, trained: 40, predicted: 10, disk: 4 * weights });
  expect(await work({ ...training, retrain: true })).toMatchObject({ epochsDone: 0, trained: 80 });
  await putHistory(2);
  expect(await work()).toMatchObject({ trained: 0, predicted: 0, disk: 0 });
  const files = baseModelFiles(set.layout, model.name, 0);
  for (const path of [files.valid, files.test]) await writeFile(path, '');
  expect(await work(both)).toMatchObject({ trained: 0, predicted: 0 });
  expect(await work({ ...both, repredict: true })).toMatchObject({ trained: 0, predicted: 40 });
});

it('takes the speed of an earlier training of the same network here, and measures where there is none', async () => {
  const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
  const cost = sliceCost(model);
  const measured = await speedOf(set.layout, model, engine, cost);
  expect(measured.source).toMatch(/GFLOP\/s, measured just now/);
  expect(measured.secondsPerTrained).toBeGreaterThan(measured.secondsPerPredicted);

  const files = baseModelFiles(set.layout, model.name, 3);
  await mkdir(files.folder, { recursive: true });
  const config = { ...model };
  await new RunRecord({ command: 'train', config, engine: 'onnxruntime/cpu' }).write(files.trainManifest);
  const step = { kind: 'step', epochs: 2, epoch: 0, step: 0, steps: 5, samples: 8, waited: 200, took: 2200 };
  await writeFile(files.metrics, `${JSON.stringify(step)}\n`);
  const earlier = await speedOf(set.layout, { ...model, name: 'planned.slow' }, engine, cost);
  expect(earlier.source).toContain('planned fold 3 on this machine');
  // 2.4 s for eight slices.
  expect(earlier.secondsPerTrained).toBeCloseTo(0.3, 12);
  // The speed with larger images is not known.
  const larger = await speedOf(set.layout, { ...model, imageSize: 32 }, engine, cost);
  expect(larger.source).toMatch(/measured just now/);
});

it('adds up, and says where the disk is too small', () => {
  const works = [
    { fold: 0, epochsDone: 1, trained: 1000, predicted: 100, disk: 2e9 },
    { fold: 1, epochsDone: 3, trained: 0, predicted: 0, disk: 0 },
  ];
  const speed = { secondsPerTrained: 3, secondsPerPredicted: 1, memory: 2 ** 31, source: 'a test' };
  const plan = planOf('net', works, speed, 1e9);
  expect(plan.seconds).toBe(3100);
  const text = planText(plan);
  expect(text).toContain('resumes');
  expect(text).toContain('nothing to do');
  expect(text).toContain('about 51:40');
  expect(text).toContain('NOT ENOUGH');
  expect(text).toContain('2.0 GiB');
});
