import { describe, expect, it } from 'vitest';
import { IchorError } from './error.js';
import { present } from './present.js';

describe('present', () => {
  it('returns the value itself, and accepts 0, NaN, false, null and "" as values', () => {
    const list = ['a', ''];
    expect(present(list[0])).toBe('a');
    expect(present(list[1])).toBe('');
    for (const value of [0, NaN, false, null]) expect(present(value)).toBe(value);
  });

  it('throws at a missing index or key, and names the missing value', () => {
    const missing = new RangeError('the column "any" that must be there is missing');
    expect(() => present(new Map<string, number>().get('any'), 'the column "any"')).toThrow(missing);
    expect(() => present([1][1])).toThrow(RangeError);
  });

  it('is not an error of the input, which a run would leave out', () => {
    expect(() => present(undefined)).not.toThrow(IchorError);
  });
});
