import { createEngine } from '@ichor/runtime';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { foldFiles } from '../files.js';
import { predictFold } from '../predict/predict-fold.js';
import { tinyModel, tinyNetwork } from '../testing/tiny-model.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { trainFold, type TrainFoldOptions } from './train-fold.js';

const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });

describe('trainFold', () => {
  let set: TinySet;
  beforeAll(async () => {
    set = await makeTinySet();
  });

  const options = (more: Partial<TrainFoldOptions> = {}): TrainFoldOptions => ({
    model: tinyModel(),
    fold: 0,
    engine,
    root: set.root,
    network: tinyNetwork(),
    workers: 0,
    ...more,
  });

  it('learns', async () => {
    const model = tinyModel({ name: 'learns', epochs: 8 });
    const { status, history } = await trainFold(options({ model }));
    expect(status).toBe('complete');
    expect(history.epochs).toHaveLength(8);
    const losses = history.epochs.map(({ validationLoss }) => validationLoss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.8);
    const again = await trainFold(options({ model }));
    expect(again.status).toBe('nothing-to-do');

    const [valid, test] = await predictFold({ ...options({ model }) });
    expect(valid?.status).toBe('complete');
    expect(valid?.scores?.auc[0]).toBeGreaterThan(0.9);
    expect(test?.status).toBe('complete');
  });

  it('gives the same weights whatever the number of threads', async () => {
    const weights = async (workers: number): Promise<Buffer> => {
      const model = tinyModel({ name: `workers-${workers}` });
      await trainFold(options({ model, workers }));
      const text = await readFile(foldFiles(set.layout, model.name, 0).snapshot(1));
      return text;
    };
    const alone = await weights(0);
    expect((await weights(2)).equals(alone)).toBe(true);
  });
});
