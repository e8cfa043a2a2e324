import { describe, expect, it } from 'vitest';
import { linearScale, tickLabel } from './scale.js';

describe('linearScale', () => {
  it('takes steps of 1, 2 or 5', () => {
    expect(linearScale([0, 1], [0, 100]).ticks.map(tickLabel)).toEqual([
      '0',
      '0.2',
      '0.4',
      '0.6',
      '0.8',
      '1',
    ]);
    expect(linearScale([3, 41], [0, 100], { count: 4 }).ticks).toEqual([10, 20, 30, 40]);
    expect(linearScale([0, 2.5], [0, 100]).ticks.map(tickLabel)).toEqual([
      '0',
      '0.5',
      '1',
      '1.5',
      '2',
      '2.5',
    ]);
    expect(linearScale([-20, 10], [0, 1], { count: 3 }).ticks.map(tickLabel)).toEqual([
      '-20',
      '-10',
      '0',
      '10',
    ]);
  });

  it('counts in whole numbers where the smallest step is 1', () => {
    expect(linearScale([0, 2], [0, 100], { smallest: 1 }).ticks.map(tickLabel)).toEqual(['0', '1', '2']);
  });

  it('maps ends to ends, and copes with a single value', () => {
    const scale = linearScale([2, 4], [100, 0]);
    expect([2, 3, 4].map(scale.at)).toEqual([100, 50, 0]);
    expect(linearScale([7, 7], [0, 10]).at(7)).toBe(5);
  });
});

describe('tickLabel', () => {
  it('shows no noise of binary fractions', () => {
    expect([0.1 + 0.2, 1200, 1e-7, 0].map(tickLabel)).toEqual(['0.3', '1200', '1e-7', '0']);
  });
});
