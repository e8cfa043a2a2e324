import { LABELS } from '@ichor/tables';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { epochOrder, stepsPerEpoch } from './epoch-order.js';
import { dataFingerprint, readTestData, readTrainingData } from './fold-data.js';
import { isPositive } from './slice-set.js';

const plain = { targets: 'hard', neighbours: 0, minimumBrainShare: 0 } as const;
let set: TinySet;
beforeAll(async () => {
  set = await makeTinySet();
});
const any = (targets: Float32Array, row: number): number => targets[row * LABELS.length]!;

describe('readTrainingData', () => {
  it('trains on four folds and validates on the fifth', async () => {
    const { train, valid } = await readTrainingData(set.layout, plain, 3);
    // Ten studies of five slices, fold = study modulo 5.
    expect(valid.ids).toEqual([...set.trainIds.slice(15, 20), ...set.trainIds.slice(40, 45)]);
    expect(train.ids).toHaveLength(40);
    expect(train.ids.filter((id) => valid.ids.includes(id))).toEqual([]);
  });

  it('takes soft targets for training and hard ones beside them', async () => {
    const { train } = await readTrainingData(set.layout, { ...plain, targets: 'custom' }, 0);
    const soft = train.ids.findIndex((_, row) => Math.abs(any(train.targets, row) - 0.3) < 1e-6);
    expect(soft).toBeGreaterThanOrEqual(0);
    expect(any(train.hardTargets, soft)).toBe(0);
  });

  it('takes smoothed targets for training only', async () => {
    const { train, valid } = await readTrainingData(set.layout, { ...plain, targets: 'smooth' }, 0);
    expect([...new Set(train.ids.map((_, row) => any(train.targets, row).toFixed(1)))].sort()).toEqual([
      '0.1',
      '0.7',
    ]);
    expect([...new Set(valid.ids.map((_, row) => any(valid.hardTargets, row)))].sort()).toEqual([0, 1]);
  });

  it('leaves slices without brain out of training, not out of validation', async () => {
    const { train, valid } = await readTrainingData(set.layout, { ...plain, minimumBrainShare: 0.02 }, 0);
    // Every seventh of the 50 rows; rows 0..4 and 25..29 are validated: 0 and 28 of them have no brain.
    expect(valid.ids).toHaveLength(10);
    expect(train.ids).toHaveLength(40 - 6);
  });

  it('limits each set to slices drawn once and for all', async () => {
    const limited = async () => (await readTrainingData(set.layout, { ...plain, limit: 7 }, 0)).train.ids;
    const ids = await limited();
    expect(ids).toHaveLength(7);
    expect(await limited()).toEqual(ids);
  });

  it('seenIds neighbours of the series; the edge repeats, the slice is in the middle', async () => {
    const { seenIds, ids } = await readTestData(set.layout, { ...plain, neighbours: 1 });
    const [a, b, c, d, e] = ids;
    expect(seenIds.slice(0, 5)).toEqual([
      [a, a, b],
      [a, b, c],
      [b, c, d],
      [c, d, e],
      [d, e, e],
    ]);
  });

  it('says which step makes a table that is missing, and which fold has no slices', async () => {
    const nowhere = { ...set.layout, preprocessed: () => '/nowhere/train_folds.arrow' };
    await expect(readTrainingData(nowhere, plain, 0)).rejects.toThrow(/nx run preprocess:preprocess/);
    await expect(readTrainingData(set.layout, plain, 7)).rejects.toThrow(/fold 7 has no slices to validate/);
  });
});

describe('dataFingerprint', () => {
  it('changes with a target', async () => {
    const { train } = await readTrainingData(set.layout, plain, 0);
    const targets = train.targets.slice();
    targets[3] = 1 - targets[3]!;
    expect(dataFingerprint({ ...train, targets })).not.toBe(dataFingerprint(train));
  });
});

describe('epochOrder', () => {
  const all = { sampling: 'all', seed: 20 } as const;

  it('is a permutation that depends on seed and epoch', async () => {
    const { train } = await readTrainingData(set.layout, plain, 0);
    const order = epochOrder(train, all, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(train.ids.map((_, row) => row));
    expect(epochOrder(train, all, 0)).toEqual(order);
    expect(epochOrder(train, all, 1)).not.toEqual(order);
  });

  it('balances positives with other negatives in each epoch', async () => {
    const { train } = await readTrainingData(set.layout, plain, 0);
    const positives = train.ids.filter((_, row) => isPositive(train, row)).length;
    const negatives = [0, 1].map((epoch) => {
      const order = epochOrder(train, { sampling: 'pos==neg', seed: 20 }, epoch);
      expect(order).toHaveLength(2 * positives);
      return new Set(order.filter((row) => !isPositive(train, row)));
    });
    expect(negatives[0]?.size).toBe(positives);
    expect(negatives[0]).not.toEqual(negatives[1]);
  });

  it('draws every kind equally often, rare ones repeatedly', () => {
    // Rows 0 to 9 are subdural, row 10 epidural, 11 of both kinds, 12 to 31 negative.
    const labels = Array.from({ length: 32 }, (_, row) => [
      Number(row < 12),
      Number(row === 10 || row === 11),
      Number(row < 10 || row === 11),
      0,
      0,
      0,
    ]);
    const targets = Float32Array.from(labels.flat());
    const ids = labels.map((_, row) => `ID_${row}`);
    const slices = { ids, targets, hardTargets: targets, seenIds: ids.map((id) => [id]) };
    const order = epochOrder(slices, { sampling: 'kinds', seed: 20 }, 0);
    expect(order).toHaveLength(24);
    const positives = [...order].filter((row) => row < 12);
    expect(positives).toHaveLength(12);
    // Six turns of each of two kinds: the two epidural slices come three times each, six of eleven subdural ones once.
    const times = (row: number) => positives.filter((one) => one === row).length;
    expect(times(10)).toBe(3);
    expect([3, 4]).toContain(times(11));
    expect(Math.max(...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(times))).toBe(1);
    expect(new Set([...order].filter((row) => row >= 12)).size).toBe(12);
  });

  it('draws other slices for each epoch when it holds fewer than there are', async () => {
    const { train } = await readTrainingData(set.layout, plain, 0);
    const drawn = [0, 1].map((epoch) => [...epochOrder(train, { ...all, slicesPerEpoch: 5 }, epoch)]);
    expect(drawn.map((rows) => new Set(rows).size)).toEqual([5, 5]);
    expect(drawn[0]).not.toEqual(drawn[1]);
    expect(drawn[0]).toEqual([...epochOrder(train, all, 0)].slice(0, 5));
    expect(epochOrder(train, { ...all, slicesPerEpoch: 1e6 }, 0)).toEqual(epochOrder(train, all, 0));
  });

  it('drops the last partial batch unless it is the only one', () => {
    expect([stepsPerEpoch(40, 16), stepsPerEpoch(32, 16), stepsPerEpoch(5, 16)]).toEqual([2, 2, 1]);
  });
});
