import { expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { drawAcquisition } from './geometry.js';

it('puts slices as far apart as asked, whatever their thickness', () => {
  const options = { size: 64, scale: [1, 1, 1] } as const;
  const steps = (sliceSpacing?: number) => {
    const { positions, thickness } = drawAcquisition(createRandom(1, 'geometry'), {
      ...options,
      sliceSpacing,
    });
    return { thickness, steps: positions.slice(1).map(([, , z], i) => z - positions[i]![2]) };
  };
  const touching = steps();
  const apart = steps(10);
  expect(apart.thickness).toBe(touching.thickness);
  // Below the skull base some scans are denser by 0.6; positions are rounded to 1e-3 mm.
  const top = (all: readonly number[]) => all.at(-1);
  expect(top(touching.steps)).toBeCloseTo(touching.thickness, 2);
  expect(top(apart.steps)).toBeCloseTo(10, 2);
  expect(apart.steps.length).toBeLessThan(touching.steps.length);
});
