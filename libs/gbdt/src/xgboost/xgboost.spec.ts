import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parameters, table } from '../fixtures/table.js';
import { createMlXgboost } from './engine.js';

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
    expect(model.importance()).toBeUndefined();

    const path = join(await mkdtemp(join(tmpdir(), 'ichor-xgboost-')), 'model.json');
    await model.save(path);
    const loaded = await engine.load(path);
    expect(loaded.predict(valid.matrix)).toEqual(model.predict(valid.matrix));
    expect(loaded.rounds).toBe(model.rounds);
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
