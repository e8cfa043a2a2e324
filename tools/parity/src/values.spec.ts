import { describe, expect, it } from 'vitest';
import { fixtureClassWeights, fixtureInput, fixtureState, fixtureTargets } from './weights.js';

// The numbers of this file come with the fixtures, from the Python that made them.
describe('fixture weights', () => {
  it('begin with the published values', () => {
    const state = fixtureState({
      convGain: 0.75,
      parameters: [{ name: 'layer0.conv1.weight', shape: [64, 3, 7, 7], kind: 'conv' }],
    });
    // Rounded to float32 by the reference too: equality is exact.
    expect([...(state.get('layer0.conv1.weight')?.data.slice(0, 3) ?? [])]).toEqual([
      -0.11247952282428741, 0.12487613409757614, -0.12863944470882416,
    ]);
    expect(fixtureInput([1, 1, 1, 1]).data[0]).toBeCloseTo(0.5980662703514099, 7);
  });

  it('have targets and class weights by rule', () => {
    // (7n + 3k) mod 5: 0 3 1 4 2 0, then 2 0 3 1 4 2.
    expect([...fixtureTargets(2, 6).data]).toEqual([1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0]);
    expect(fixtureClassWeights(6)).toEqual([2, 1, 1, 1, 1, 1]);
    expect(fixtureClassWeights(5)).toEqual([1, 1, 1, 1, 1]);
  });
});
