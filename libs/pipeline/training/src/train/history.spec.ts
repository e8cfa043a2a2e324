import { expect, it } from 'vitest';
import { isFinished, withRemovedWeights, type EpochRecord } from './history.js';

const record = (epoch: number, validationLoss: number): EpochRecord => ({
  epoch,
  validationLoss,
  trainingLoss: 1,
  steps: 1,
  scores: { logLoss: [], weightedLogLoss: 1, auc: [], macroAuc: null, microAuc: null },
  unreadable: [],
  seconds: 1,
  waitShare: 0,
});
const records = (...losses: number[]) => losses.map((loss, epoch) => record(epoch, loss));

it('is finished after all epochs, or after so many without a lower loss', () => {
  expect(isFinished([], { epochs: 3, patience: 1 })).toBe(false);
  expect(isFinished(records(3, 4), { epochs: 3 })).toBe(false);
  expect(isFinished(records(3, 4, 5), { epochs: 3 })).toBe(true);
  expect(isFinished(records(3, 4), { epochs: 9, patience: 2 })).toBe(false);
  expect(isFinished(records(3, 4, 2, 2), { epochs: 9, patience: 2 })).toBe(false);
  // An equal loss is no lower one.
  expect(isFinished(records(3, 4, 2, 2, 5), { epochs: 9, patience: 2 })).toBe(true);
});

/** Epochs whose weights are there, as one loss after the other becomes known. */
function kept(losses: readonly number[], settings: Parameters<typeof withRemovedWeights>[1]): number[][] {
  let all: EpochRecord[] = [];
  return losses.map((loss, epoch) => {
    all = withRemovedWeights([...all, record(epoch, loss)], settings);
    return all.filter(({ weights }) => weights !== 'removed').map((one) => one.epoch);
  });
}

it('keeps the weights of the best epochs, and those that will predict', () => {
  const losses = [5, 3, 4, 3, 2];
  expect(kept(losses, { snapshot: 'best' }).at(-1)).toEqual([0, 1, 2, 3, 4]);
  expect(kept(losses, { snapshot: 'best', keepSnapshots: 2 })).toEqual([[0], [0, 1], [1, 2], [1, 3], [1, 4]]);
  expect(kept(losses, { snapshot: 'last', keepSnapshots: 1 })).toEqual([[0], [1], [1, 2], [1, 3], [4]]);
  expect(kept(losses, { snapshot: 0, keepSnapshots: 1 })).toEqual([[0], [0, 1], [0, 1], [0, 1], [0, 4]]);
});
