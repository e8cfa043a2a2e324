import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, parameters, table } from '../fixtures/table.js';
import { parseTreeModel } from '../tree-model.js';
import { createLightGbm } from './engine.js';
import { locateLibrary } from './locate.js';

const library = locateLibrary();

describe('createLightGbm without a library', () => {
  it('says how to get one', async () => {
    expect(() => createLightGbm(join(tmpdir(), 'none', 'lib_lightgbm.so'))).toThrow(
      'nx run gbdt:build-lightgbm',
    );
    const text = join(await mkdtemp(join(tmpdir(), 'ichor-gbdt-')), 'text.so');
    await writeFile(text, 'not a library');
    expect(() => createLightGbm(text)).toThrow('cannot be loaded as LightGBM');
  });

  it('looks where LIGHTGBM_LIB points first', () => {
    expect(locateLibrary({ LIGHTGBM_LIB: '/opt/lib_lightgbm.so' })).toBe('/opt/lib_lightgbm.so');
  });
});

// The library takes a compiler and two minutes to build: npx nx run gbdt:build-lightgbm
describe.skipIf(library === undefined)(
  'LightGBM (needs lib_lightgbm: npx nx run gbdt:build-lightgbm)',
  () => {
    const prepare = (order: 'row' | 'column' = 'column') => {
      const engine = createLightGbm(library);
      const train = table('train', order);
      const valid = table('valid', order);
      const trainSet = engine.dataset(train.matrix, { parameters });
      const validSet = engine.dataset(valid.matrix, { parameters, reference: trainSet });
      trainSet.setLabels(train.labels);
      validSet.setLabels(valid.labels);
      return { engine, train, valid, trainSet, validSet };
    };
    const temporary = async () => join(await mkdtemp(join(tmpdir(), 'ichor-gbdt-')), 'model.txt');
    const trees = (text: string) => text.slice(text.indexOf('\nTree=0'), text.indexOf('end of trees'));

    it.each(['row', 'column'] as const)(
      "grows the trees of LightGBM's command line (%s order)",
      async (order) => {
        const { engine, valid, trainSet, validSet } = prepare(order);
        const model = await engine.train({
          train: trainSet,
          valid: validSet,
          parameters,
          rounds: 40,
          earlyStoppingRounds: 10,
        });
        expect(model.rounds).toBe(12);
        expect(model.validLosses).toHaveLength(22);
        // As printed by the command line: iteration 12, binary_logloss 0.57694.
        expect(model.validLosses[11]).toBeCloseTo(0.57694, 5);
        const path = await temporary();
        await model.save(path);
        expect(trees(await readFile(path, 'utf8'))).toBe(trees(fixture('model.txt')));
        const expected = fixture('predictions.txt').trim().split('\n').map(Number);
        expect(model.predict(valid.matrix)).toEqual(Float32Array.from(expected));
      },
    );

    it('loads what the command line saved', async () => {
      const { engine, valid } = prepare();
      const model = await engine.load(new URL('../fixtures/model.txt', import.meta.url).pathname);
      const expected = fixture('predictions.txt').trim().split('\n').map(Number);
      expect(model.predict(valid.matrix)).toEqual(Float32Array.from(expected));
      // Gains of the fixture, summed from its split_gain and split_feature lines.
      const gains = new Float64Array(6);
      for (const tree of fixture('model.txt').split('\nTree=').slice(1)) {
        const numbers = (key: string) =>
          (new RegExp(`^${key}=(.*)$`, 'm').exec(tree)?.[1] ?? '').split(' ').map(Number);
        const features = numbers('split_feature');
        numbers('split_gain').forEach((gain, i) => (gains[features[i]!]! += gain));
      }
      // The text holds gains with 6 digits.
      model.importance()?.forEach((gain, i) => expect(gain / gains[i]!).toBeCloseTo(1, 4));
    });

    it('serves several targets with one data set, as if each had its own', async () => {
      const shared = prepare();
      const opposite = shared.train.labels.map((label) => 1 - label);
      const grow = ({ engine, trainSet }: typeof shared) =>
        engine.train({ train: trainSet, parameters, rounds: 5 });
      const first = await grow(shared);
      shared.trainSet.setLabels(opposite);
      const second = await grow(shared);
      const alone = prepare();
      alone.trainSet.setLabels(opposite);
      const reference = await grow(alone);
      expect(second.predict(shared.valid.matrix)).toEqual(reference.predict(shared.valid.matrix));
      expect(second.predict(shared.valid.matrix)).not.toEqual(first.predict(shared.valid.matrix));
    });

    it('gives the same trees with one thread and with two, and other trees with another seed', async () => {
      const grow = async (extra: object) => {
        const { engine, trainSet, valid } = prepare();
        const options = { ...parameters, ...extra };
        return (await engine.train({ train: trainSet, parameters: options, rounds: 8 })).predict(
          valid.matrix,
        );
      };
      expect(await grow({ threads: 2 })).toEqual(await grow({ threads: 1 }));
      expect(await grow({ seed: 4 })).not.toEqual(await grow({ seed: 3 }));
    });

    it('agrees with the reader in TypeScript', async () => {
      const { engine, trainSet, valid } = prepare();
      const model = await engine.train({ train: trainSet, parameters, rounds: 30 });
      const path = await temporary();
      await model.save(path);
      const read = parseTreeModel(await readFile(path, 'utf8')).predict(valid.matrix);
      // Both sum in double; the sums may differ in the last bit of float32.
      model
        .predict(valid.matrix)
        .forEach((value, row) => expect(Math.abs(value - read[row]!)).toBeLessThan(6e-8));
    });

    it('ends in typed errors: labels, names, use after dispose, damaged models, abort', async () => {
      const { engine, train, trainSet, valid } = prepare();
      expect(() => trainSet.setLabels(new Float32Array(3))).toThrow('3 labels for 300 rows');
      expect(() => trainSet.setLabels(train.labels.map(() => 0.3))).toThrow('expected 0 or 1');
      const names = ['a,b', ...train.matrix.names.slice(1)];
      expect(() => engine.dataset({ ...train.matrix, names }, { parameters })).toThrow('reserved');
      const damaged = await temporary();
      await writeFile(damaged, fixture('model.txt').replace('left_child=1', 'left_child=77'));
      await expect(engine.load(damaged)).rejects.toMatchObject({ code: 'gbdt/model', file: damaged });
      const signal = AbortSignal.abort();
      await expect(engine.train({ train: trainSet, parameters, rounds: 5, signal })).rejects.toThrow(
        'aborted',
      );
      const model = await engine.train({ train: trainSet, parameters, rounds: 2 });
      model.dispose();
      expect(() => model.predict(valid.matrix)).toThrow('disposed');
      trainSet.dispose();
      await expect(engine.train({ train: trainSet, parameters, rounds: 5 })).rejects.toMatchObject({
        code: 'gbdt/disposed',
      });
    });
  },
);
