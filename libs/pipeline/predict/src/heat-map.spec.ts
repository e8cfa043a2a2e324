import { describe, expect, it } from 'vitest';
import { labelToExplain, showsAPlace } from './heat-map.js';

const all = (separates: boolean) => ({ separates });

describe('labelToExplain', () => {
  it('is the most probable kind of those that are separated', () => {
    expect(labelToExplain([0.9, 0.2, 0.5], [all(true), all(true), all(true)])).toBe(2);
    expect(labelToExplain([0.9, 0.2, 0.5], [all(true), all(true), all(false)])).toBe(1);
    expect(labelToExplain([0.9, 0.2, 0.5], [all(true), all(false), all(false)])).toBeUndefined();
  });
});

describe('showsAPlace', () => {
  it('is not true of a flat map, nor of one without numbers', () => {
    expect(showsAPlace([0.9, 0.95, 0.99])).toBe(false);
    expect(showsAPlace([1, 1])).toBe(false);
    expect(showsAPlace([0.1, NaN])).toBe(false);
    expect(showsAPlace([])).toBe(false);
    expect(showsAPlace([0.1, 0.8])).toBe(true);
  });
});
