import { describe, expect, it } from 'vitest';
import type { BundleManifest } from '@ichor/bundle';
import { explainingNetworks, labelToExplain, showsAPlace } from './heat-map.js';

const all = (separates: boolean) => ({ separates });

describe('explainingNetworks', () => {
  const losses = [0.3, 0.1, 0.4, 0.2];
  const networks = losses.map((weightedLogLoss, fold) => ({ fold, outOfFold: { weightedLogLoss } }));
  const explaining = (kind: 'mean' | 'stacking') =>
    explainingNetworks({ networks, ensemble: { kind } } as unknown as BundleManifest).map(({ fold }) => fold);

  it('are the three with the lowest losses where the answer is a mean, the best one with stackers', () => {
    expect(explaining('mean')).toEqual([1, 3, 0]);
    expect(explaining('stacking')).toEqual([1]);
  });
});

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
