import { describe, expect, it } from 'vitest';
import { withoutPositions } from './instance-order.js';

const slice = (name: string, InstanceNumber?: number, SliceLocation?: number) => ({
  name,
  attributes: { InstanceNumber, SliceLocation },
});

/** Oracle: the order in which the slices were made up. */
describe('withoutPositions', () => {
  it.each([
    ['SliceLocation', [slice('a', 3, -5), slice('b', 2, 0), slice('c', 1, 5)]],
    // A constant, or half of the values twice, defines no order.
    ['InstanceNumber', [slice('c', 1, 0), slice('b', 2, 0), slice('a', 10, 0)]],
    ['InstanceNumber', [slice('c', 1, 0), slice('b', 2, 0), slice('a', 3, 5), slice('d', 4, 5)]],
    // One is missing.
    ['InstanceNumber', [slice('c', 1, 0), slice('b', 2), slice('a', 3, 9)]],
    ['the numbers in their names', [slice('IM1', 1), slice('IM2', 1), slice('IM10', 1), slice('IM11', 1)]],
    ['the numbers in their names', ['9/1.dcm', '9/2.dcm', '10/1.dcm'].map((name) => slice(name))],
    ['the numbers in their names', ['s-0008', 's-9', 's-010'].map((name) => slice(name))],
  ] as const)('orders by %s', (key, made) => {
    for (const members of [made, [...made].reverse()]) {
      const { slices, warning } = withoutPositions<(typeof made)[number]>(members);
      expect(slices).toEqual(made);
      expect(warning).toContain(`ordered by ${key},`);
    }
  });

  it('takes a key that a few slices share, and orders those by name', () => {
    const made = Array.from({ length: 20 }, (_, i) => slice(`IM${i}`, i === 19 ? 18 : i));
    const { slices, warning } = withoutPositions([...made].reverse());
    expect(slices).toEqual(made);
    expect(warning).toContain('InstanceNumber');
  });

  it('warns if nothing defines the order', () => {
    for (const names of [
      ['x7f', 'q', '1a'],
      ['same', 'same'],
    ]) {
      expect(withoutPositions(names.map((name) => slice(name, 1, 0))).warning).toContain(
        'no other attribute gives the order',
      );
    }
  });
});
