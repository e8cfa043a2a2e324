import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parameters, table } from '../fixtures/table.js';
import { createMlXgboost } from './engine.js';
import { treeGains } from './tree-gains.js';

describe('createMlXgboost', () => {
  it('learns, stops early, saves and loads', async () => {
    const engine = await createMlXgboost();
    const train = table('train');
    const valid = table('valid', 'row');
    const trainSet = engine.dataset(train.matrix, { parameters });
    const validSet = engine.dataset(valid.matrix, { parameters, reference: trainSet });
    trainSet.setLabels(train.labels);
    validSet.setLabels(valid.labels);
    const model = await engine.train({
      train: trainSet,
      valid: validSet,
      parameters,
      rounds: 200,
      earlyStoppingRounds: 20,
    });
    const loss = Math.min(...model.validLosses);
    // The share of positives alone gives about 0.64.
    expect(loss).toBeLessThan(0.62);
    expect([1, 2, 4, 8, 16, 32, 64, 128, 200]).toContain(model.rounds);
    const gains = model.importance();
    expect(gains).toHaveLength(train.matrix.names.length);

    const path = join(await mkdtemp(join(tmpdir(), 'ichor-xgboost-')), 'model.json');
    await model.save(path);
    const loaded = await engine.load(path);
    expect(loaded.predict(valid.matrix)).toEqual(model.predict(valid.matrix));
    expect(loaded.rounds).toBe(model.rounds);
    expect(loaded.importance()).toEqual(gains);
  });

  it('tells the gain of each column', async () => {
    const engine = await createMlXgboost();
    const stumps = { learningRate: 1, leaves: 2, minSumHessianInLeaf: 0 };
    const names = ['constant', 'telling', 'noise'];
    const data = Float32Array.of(7, 0, 1, 7, 0, 2, 7, 1, 1, 7, 1, 2, 7, 1, 1, 7, 1, 2);
    const train = engine.dataset({ rows: 6, names, order: 'row', data }, { parameters: stumps });
    train.setLabels(Float32Array.of(0, 0, 1, 1, 1, 1));
    const model = await engine.train({ train, parameters: stumps, rounds: 1 });
    // From the share p = 2/3: gradients p - y are 2/3, 2/3, -1/3 four times (sum 0), hessians 2/9. The split between the
    // classes gains (4/3)^2 / (4/9) + (4/3)^2 / (8/9) - 0 = 6; float32.
    expect([...(model.importance() ?? [])]).toEqual([0, expect.closeTo(6, 5), 0]);
  });

  it('reports no gain where the model is saved in another way', () => {
    expect(treeGains(new Uint8Array(50), 3)).toBeUndefined();
    expect(treeGains(new Uint8Array(500), 3)).toBeUndefined();
  });

  it('refuses what its memory cannot hold before it starts', async () => {
    const engine = await createMlXgboost();
    expect(() => engine.checkSize(20_000, 50)).not.toThrow();
    expect(() => engine.checkSize(20_000, 400)).toThrow('about a million values');
    expect(() => engine.checkSize(752_803, 1300)).toThrow('nx run gbdt:build-lightgbm');
  });

  it('refuses models of LightGBM', async () => {
    const engine = await createMlXgboost();
    const file = new URL('../fixtures/model.txt', import.meta.url).pathname;
    await expect(engine.load(file)).rejects.toMatchObject({ code: 'gbdt/model', file });
  });
});
