import { describe, expect, it } from 'vitest';
import { IchorError } from './error.js';
import { present } from './present.js';

describe('present', () => {
  it('gives the value itself, and takes 0, NaN, false, null and "" for values', () => {
    const list = ['a', ''];
    expect(present(list[0])).toBe('a');
    expect(present(list[1])).toBe('');
    for (const value of [0, NaN, false, null]) expect(present(value)).toBe(value);
  });

  it('stops at an index or a key that is not there, and names what was looked for', () => {
    const missing = new RangeError('the column "any" that must be there is missing');
    expect(() => present(new Map<string, number>().get('any'), 'the column "any"')).toThrow(missing);
    expect(() => present([1][1])).toThrow(RangeError);
  });

  it('does not pass for a fault of the input, which runs leave out', () => {
    expect(() => present(undefined)).not.toThrow(IchorError);
  });
});
