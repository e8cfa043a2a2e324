import { expect, it } from 'vitest';
import { elementwiseNames, elementwiseOf } from './operators.js';
import { errorFunction } from './special-functions.js';

// Away from 0, where relu has no slope. Central differences with a step of 1e-4: their error is the third derivative, at most 2,
// times 1e-8 / 6, and rounding, 1e-16 / 1e-4.
it.each(elementwiseNames)('the slope of %s is the central difference of its value', (op) => {
  const { value, slope } = elementwiseOf({
    op,
    name: op,
    inputs: [0],
    output: 1,
    attributes: { factor: -0.3 },
    parameters: {},
  });
  for (const x of [-5, -1.3, -0.2, 0.1, 0.9, 4]) {
    expect(slope(x)).toBeCloseTo((value(x + 1e-4) - value(x - 1e-4)) / 2e-4, 7);
  }
});

it('computes the error function as Python does', () => {
  // math.erf of CPython 3.11. At 2.9 terms of the series reach 300: 1e-16 times that and more are lost.
  expect(errorFunction(0.5)).toBeCloseTo(0.5204998778130465, 15);
  expect(errorFunction(-2.9)).toBeCloseTo(-0.9999589021219005, 12);
  expect(errorFunction(3.5)).toBeCloseTo(0.9999992569016276, 15);
});
