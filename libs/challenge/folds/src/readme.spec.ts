import { expect, it } from 'vitest';
import { labelStratifiedFolds } from './index.js';

it('does what the README shows first', () => {
  const fold = labelStratifiedFolds(
    {
      groups: ['anna', 'anna', 'berta', 'carl', 'dora'],
      labels: [['subdural', 'any'], [], [], ['epidural', 'any'], []],
    },
    { folds: 2, seed: 10 },
  );
  expect(fold).toHaveLength(5);
  expect(fold[0]).toBe(fold[1]);
});
