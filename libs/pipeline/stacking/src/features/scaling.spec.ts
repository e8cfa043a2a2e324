import { expect, it } from 'vitest';
import { gatherNeighbours, stackNeighbours } from './neighbours.js';
import { applyScaler, fitScaler, scalerOf, scalerTensors } from './scaling.js';

const matrix = () => ({
  rows: 4,
  names: ['a', 'b', 'c'],
  order: 'row' as const,
  // a: 1, 2, missing, 3; b without variation; c missing throughout
  data: Float32Array.of(1, 5, NaN, 2, 5, NaN, NaN, 5, NaN, 3, 5, NaN),
});
const scaled = (kind: 'none' | 'standard' | 'min-max') => {
  const changed = matrix();
  applyScaler(fitScaler(matrix(), kind), changed);
  return [...changed.data];
};

it('fills with the mean and leaves the rest', () => {
  expect(scaled('none')).toEqual([1, 5, 0, 2, 5, 0, 2, 5, 0, 3, 5, 0]);
});

it('scales to 0..1', () => {
  expect(scaled('min-max')).toEqual([0, 0, 0, 0.5, 0, 0, 0.5, 0, 0, 1, 0, 0]);
});

it('scales to mean 0 and deviation 1 of the filled column', () => {
  // Filled: 1, 2, 2, 3: mean 2, deviation sqrt(2 / 4).
  const unit = Math.fround(Math.SQRT2);
  expect(scaled('standard')).toEqual([-unit, 0, 0, 0, 0, 0, 0, 0, 0, unit, 0, 0]);
});

it('clips values outside the range of the training folds to near that range', () => {
  // Training range of a: 1 to 3, so 0 to 4 is kept; b is always 5.
  const other = { ...matrix(), rows: 2, data: Float32Array.of(100, 9, NaN, -100, 4, NaN) };
  applyScaler(fitScaler(matrix(), 'min-max'), other);
  expect([...other.data]).toEqual([1.5, 0, 0, -0.5, 0, 0]);
});

it('comes back from its tensors, also from those without limits', () => {
  const scaler = fitScaler(matrix(), 'min-max');
  expect(scalerOf(scalerTensors(scaler))).toEqual(scaler);
  const { low, high } = scalerOf(
    new Map([...scalerTensors(scaler)].filter(([name]) => !/low|high/.test(name))),
  );
  expect([low[0], high[0]]).toEqual([-Infinity, Infinity]);
});

it('takes neighbours inside the stack only; the ends repeat', () => {
  const neighbours = stackNeighbours(Uint32Array.of(0, 1, 4));
  expect([...neighbours.before]).toEqual([0, 1, 1, 2]);
  expect([...neighbours.after]).toEqual([0, 2, 3, 3]);
  const table = {
    rows: 4,
    names: ['m/x', 'n/x'],
    order: 'row' as const,
    data: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31),
  };
  const tensor = gatherNeighbours(table, neighbours, Uint32Array.of(3, 0), 2);
  expect(tensor.shape).toEqual([2, 3, 2, 1]);
  expect([...tensor.data]).toEqual([20, 21, 30, 31, 30, 31, 0, 1, 0, 1, 0, 1]);
});
