import { describe, expect, it } from 'vitest';
import { fixture, table } from './fixtures/table.js';
import { parseTreeModel } from './tree-model.js';

const text = fixture('model.txt');

describe('parseTreeModel', () => {
  it.each(['row', 'column'] as const)("predicts as LightGBM's command line does (%s order)", (order) => {
    const model = parseTreeModel(text);
    const { matrix } = table('valid', order);
    // Oracle: predictions.txt; tolerance: the rounding to float32, 2^-24 of a probability.
    const expected = fixture('predictions.txt').trim().split('\n').map(Number);
    model.predict(matrix).forEach((value, row) => {
      expect(Math.abs(value - expected[row]!)).toBeLessThan(6e-8);
    });
    expect(model.trees).toBe(12);
  });

  it('predicts with the first trees only', () => {
    const one = text.slice(0, text.indexOf('Tree=1')) + '\nend of trees\n';
    const { matrix } = table('valid');
    expect(parseTreeModel(text).predict(matrix, 1)).toEqual(parseTreeModel(one).predict(matrix));
  });

  it.each<[string, string]>([
    ['does not begin', 'trees\n'],
    ['ends before its last tree', text.slice(0, 2000)],
    ['objective regression', text.replace('binary sigmoid:1', 'regression')],
    ['threshold should have 4 numbers, has 3', text.replace(/(threshold=.*) \S+\n/, '$1\n')],
    ['splits feature 9', text.replace('split_feature=0', 'split_feature=9')],
    ['has the child 0', text.replace('left_child=1', 'left_child=0')],
    ['has the child -9', text.replace('left_child=1', 'left_child=-9')],
    ['categorical', text.replace('num_cat=0', 'num_cat=1')],
    ['linear', text.replace('is_linear=0', 'is_linear=1')],
    ['no leaves', text.replace('num_leaves=5', 'num_leaves=1e9')],
    ['names 6 features', text.replace('max_feature_idx=5', 'max_feature_idx=7')],
  ])('refuses a model that %s', (reason, damaged) => {
    expect(() => parseTreeModel(damaged, 'model.txt')).toThrow(reason);
  });

  it('refuses columns in another order', () => {
    const { matrix } = table('valid');
    const names = [...matrix.names].reverse();
    expect(() => parseTreeModel(text).predict({ ...matrix, names })).toThrow('column 0 is Column_5');
  });
});
