import { tinyModel } from '@ichor/base-model/testing';
import { describe, expect, it } from 'vitest';
import { cacheOf, settingsOf } from './options.js';

describe('settings of the command line', () => {
  it('are those that were given', () => {
    expect(settingsOf({ imageSize: 128, epochs: undefined, snapshot: '2', passes: 3 }, tinyModel())).toEqual({
      imageSize: 128,
      snapshot: 2,
      testTime: { kind: 'random', passes: 3 },
    });
  });

  it('move a schedule in proportion', () => {
    const model = tinyModel({
      schedule: { kind: 'warm-up-cosine', start: 1e-5, peak: 1e-4, end: 2e-5, warmUp: 0.1 },
    });
    expect(settingsOf({ learningRate: 1e-3 }, model).schedule).toEqual({
      kind: 'warm-up-cosine',
      start: 1e-5 * (1e-3 / 1e-4),
      peak: 1e-3,
      end: 2e-5 * (1e-3 / 1e-4),
      warmUp: 0.1,
    });
  });
});

describe('the cache of the command line', () => {
  it('has a size in GiB in memory, and none elsewhere', () => {
    expect(cacheOf({ cache: 'memory', cacheSize: 1.5 })).toEqual({ kind: 'memory', bytes: 1_610_612_736 });
    expect(cacheOf({ cache: 'disk', cacheSize: undefined })).toEqual({ kind: 'disk', bytes: undefined });
    for (const cache of ['off', 'disk'] as const) {
      expect(() => cacheOf({ cache, cacheSize: 1 })).toThrow('--cache-size is the size of --cache memory');
    }
  });
});
