import { expect, it } from 'vitest';
import { applyWindows, brainSubduralSoftTissuePlan } from './index.js';

it('does what the README shows first', () => {
  const values = Int16Array.of(-1000, 20, 60, 1200);
  const out = new Float32Array(3 * values.length);
  applyWindows(brainSubduralSoftTissuePlan, { values, slope: 1, intercept: 0 }, out);
  const brain = [-0.5, -0.25, 0.25, 0.5];
  for (const [i, value] of brain.entries()) expect(out[i]).toBeCloseTo(value, 6);
});
