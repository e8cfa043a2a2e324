import { expect, it } from 'vitest';
import { chosenFolds } from './chosen-folds.js';

it('takes the named fold, otherwise those of the environment, otherwise all', () => {
  expect(chosenFolds('3', '0,1')).toEqual([3]);
  expect(chosenFolds('all', '1, 0,1')).toEqual([0, 1]);
  expect(chosenFolds('all', undefined)).toEqual([0, 1, 2, 3, 4]);
  expect(chosenFolds('all', ' ')).toEqual([0, 1, 2, 3, 4]);
});

it.each(['5', '-1', '1.5', '0,,1', 'one', '0,x'])('refuses %s', (folds) => {
  expect(() => chosenFolds('all', folds)).toThrow(/ICHOR_FOLDS is .* \(list folds from 0 to 4/);
});
