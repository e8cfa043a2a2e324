import { describe, expect, it } from 'vitest';
import { histogram } from './histogram.js';
import type { NarrowValues } from './pixels.js';
import { viewStatistics } from './statistics.js';

/** Counts one by one. */
function bruteForce(values: NarrowValues) {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x80000000;
}

describe('histogram', () => {
  const draw = random(1);
  const fill = <T extends NarrowValues>(values: T, low: number, high: number) => {
    for (let i = 0; i < values.length; i++) values[i] = low + Math.floor(draw() * (high - low + 1));
    return values;
  };
  const cases: [string, NarrowValues][] = [
    ['signed CT', fill(new Int16Array(1003), -2000, 3000)],
    ['all signed values', fill(new Int16Array(5000), -32768, 32767)],
    ['only negative', fill(new Int16Array(17), -300, -290)],
    ['unsigned CT', fill(new Uint16Array(1001), 0, 4095)],
    ['all unsigned values', fill(new Uint16Array(5000), 0, 65535)],
    ['bytes', fill(new Uint8Array(999), 3, 255)],
    ['signed bytes', fill(new Int8Array(999), -128, 127)],
    ['one value', new Int16Array(64).fill(-5)],
  ];
  it.each(cases)('counts %s', (_, values) => {
    const counted = histogram(values);
    const want = bruteForce(values);
    expect(counted.min).toBe(Math.min(...values));
    expect(counted.max).toBe(Math.max(...values));
    expect(counted.counts).toHaveLength(counted.max - counted.min + 1);
    const all = Array.from(counted.counts, (_, i) => want.get(counted.min + i) ?? 0);
    expect([...counted.counts]).toEqual(all);
  });
});

describe('statistics of a view', () => {
  // HU: -10, 10, 10, 50
  const counted = () => histogram(Int16Array.of(0, 10, 10, 30));
  const hu = (stored: number) => stored * 2 - 10;

  it('are those of the mapped pixels', () => {
    expect(viewStatistics(counted(), hu)).toEqual({ min: -10, max: 50, mean: 15 });
  });

  it('are NaN without pixels', () => {
    expect(viewStatistics(histogram(new Int16Array(0)), hu)).toEqual({ min: NaN, max: NaN, mean: NaN });
  });
});
