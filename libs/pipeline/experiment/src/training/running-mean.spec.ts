import { describe, expect, it } from 'vitest';
import { RunningMean } from './running-mean.js';

const state = (value: number) => new Map([['w', { shape: [1], data: Float32Array.of(value) }]]);
const value = (mean: RunningMean) => mean.mean?.get('w')?.data[0];

describe('RunningMean', () => {
  it('keeps little at first, then its share', () => {
    const mean = new RunningMean(0.3);
    expect(value(mean)).toBeUndefined();
    mean.add(state(0));
    expect(value(mean)).toBe(0);
    // Step 2 keeps 2 / 11: 9 / 11 of 11.
    mean.add(state(11));
    expect(value(mean)).toBeCloseTo(9, 5);
    // Step 3 keeps 3 / 12: 9 / 4.
    mean.add(state(0));
    expect(value(mean)).toBeCloseTo(2.25, 5);
    // Step 4 would keep 4 / 13 = 0.31: it keeps 0.3.
    mean.add(state(1));
    expect(value(mean)).toBeCloseTo(0.3 * 2.25 + 0.7, 5);
  });

  it('resumes where it stopped', () => {
    const whole = new RunningMean(0.9);
    for (const one of [1, 5, 2, 8]) whole.add(state(one));
    const first = new RunningMean(0.9);
    for (const one of [1, 5]) first.add(state(one));
    const second = new RunningMean(0.9, { mean: first.mean!, steps: 2 });
    for (const one of [2, 8]) second.add(state(one));
    expect(value(second)).toBe(value(whole));
  });

  it('refuses the weights of another network', () => {
    const mean = new RunningMean(0.9);
    mean.add(state(1));
    expect(() => mean.add(new Map())).toThrow('no w as the mean has');
  });
});
