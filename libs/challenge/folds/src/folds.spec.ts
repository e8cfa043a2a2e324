import { describe, expect, it } from 'vitest';
import cases from './fixtures/folds.json' with { type: 'json' };
import { byCodePoint, groupedStratifiedFolds, labelStratifiedFolds } from './index.js';

const letters: Readonly<Record<string, string>> = {
  e: 'epidural',
  p: 'intraparenchymal',
  v: 'intraventricular',
  a: 'subarachnoid',
  d: 'subdural',
  y: 'any',
};

function slicesOf(text: string) {
  const pairs = text.split(' ').map((slice) => slice.split(':'));
  return {
    groups: pairs.map(([patient]) => patient ?? ''),
    labels: pairs.map(([, codes]) => [...(codes ?? '')].map((code) => letters[code] ?? '')),
  };
}

describe('labelStratifiedFolds', () => {
  // CPython's own folds (fixtures/make_folds.py), slice by slice.
  it.each(cases)('gives the folds of CPython: seed $seed, $folds folds', ({ seed, folds, slices, fold }) => {
    const found = labelStratifiedFolds(slicesOf(slices), { seed, folds });
    expect([...found].join('')).toBe(fold);
  });

  it('needs the repeated rows of the label file to give the folds of CPython', () => {
    const repeated = cases.filter(({ seed, folds, slices, fold }) => {
      const { groups, labels } = slicesOf(slices);
      const single = labels.map((list) => [...new Set(list)]);
      return [...labelStratifiedFolds({ groups, labels: single }, { seed, folds })].join('') !== fold;
    });
    expect(repeated.length).toBeGreaterThan(0);
  });

  it('refuses lists of unequal length', () => {
    expect(() => labelStratifiedFolds({ groups: ['a'], labels: [] })).toThrow('1 groups, but 0');
  });
});

describe('byCodePoint', () => {
  it('sorts as Python does', () => {
    // sorted(['\uffff', '\U00010000', 'b', 'ab', 'a', '']) in CPython
    const texts = ['\uffff', '\u{10000}', 'b', 'ab', 'a', ''];
    expect(texts.sort(byCodePoint)).toEqual(['', 'a', 'ab', 'b', '\uffff', '\u{10000}']);
  });
});

describe('groupedStratifiedFolds', () => {
  const groups: string[] = [];
  const classes: number[] = [];
  for (let group = 0; group < 60; group++)
    for (let i = 0; i < 2 + (group % 5); i++) {
      groups.push(`g${group}`);
      classes.push(group % 3 === 0 && i % 2 === 0 ? 1 : 0);
    }

  it('never splits a group', () => {
    const fold = groupedStratifiedFolds({ groups, classes }, { folds: 4, seed: 1 });
    const pairs = new Set(groups.map((group, i) => `${group}:${fold[i]}`));
    expect(pairs.size).toBe(60);
  });

  it('keeps the shares of the classes within two samples of even', () => {
    const fold = groupedStratifiedFolds({ groups, classes }, { folds: 4, seed: 1 });
    for (const kind of [0, 1]) {
      const counts = [0, 1, 2, 3].map((k) => classes.filter((c, i) => c === kind && fold[i] === k).length);
      const even = classes.filter((c) => c === kind).length / 4;
      for (const count of counts) expect(Math.abs(count - even)).toBeLessThanOrEqual(2);
    }
  });

  it('depends on the seed and on nothing else', () => {
    const first = groupedStratifiedFolds({ groups, classes }, { seed: 1 });
    expect(groupedStratifiedFolds({ groups, classes }, { seed: 1 })).toEqual(first);
    expect(groupedStratifiedFolds({ groups, classes }, { seed: 2 })).not.toEqual(first);
  });

  it('refuses more folds than groups', () => {
    expect(() => groupedStratifiedFolds({ groups: ['a', 'b'], classes: [0, 1] }, { folds: 3 })).toThrow(
      'expected 2 to 2 folds for 2 groups, received 3',
    );
  });
});
