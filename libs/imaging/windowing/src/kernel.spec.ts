import { describe, expect, it } from 'vitest';
import {
  applyWindows,
  brainSubduralFilePlan,
  brainSubduralSoftTissuePlan,
  stretchedToRange,
  windowBounds,
  withImagenetStatistics,
} from './index.js';
import { kernelFits } from './kernel.js';
import { brainWindow } from './window.js';

const own = { center: 100, width: 333 };

/** Not a multiple of eight, so that the padding of the kernel shows. */
function random(low: number, high: number, count = 1003): number[] {
  let state = 7;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return low + Math.floor((state / 0x80000000) * (high - low + 1));
  });
}

describe('the kernel', () => {
  const cases = [
    { name: 'signed', values: Int16Array.from(random(-1500, 2500)), slope: 1, intercept: 0 },
    {
      name: 'signed, whole range',
      values: Int16Array.from(random(-32768, 32767)),
      slope: 1,
      intercept: -1024,
    },
    { name: 'unsigned', values: Uint16Array.from(random(0, 4095)), slope: 1, intercept: -1024 },
    {
      name: 'unsigned, whole range',
      values: Uint16Array.from(random(0, 65535)),
      slope: 1,
      intercept: -32000,
    },
    { name: 'slope 0.5', values: Int16Array.from(random(-2000, 6000)), slope: 0.5, intercept: -1000 },
    { name: 'slope 2', values: Uint16Array.from(random(0, 2000)), slope: 2, intercept: -1000 },
    { name: 'a few', values: Int16Array.from(random(0, 100, 3)), slope: 1, intercept: 0 },
    { name: 'one', values: Int16Array.of(40), slope: 1, intercept: 0 },
  ];
  const plans = Object.entries({
    brainSubduralFilePlan,
    brainSubduralSoftTissuePlan,
    stretched: withImagenetStatistics(stretchedToRange(brainSubduralSoftTissuePlan)),
    imagenet: withImagenetStatistics(brainSubduralSoftTissuePlan),
  });
  it.each(cases)('equals the result from floats: $name', ({ values, slope, intercept }) => {
    for (const [name, plan] of plans) {
      const found = new Float32Array(3 * values.length);
      const want = new Float32Array(3 * values.length);
      applyWindows(plan, { values, slope, intercept }, found, own);
      applyWindows(plan, { values: Float64Array.from(values), slope, intercept }, want, own);
      // Numbers up to 4, two roundings to float32 instead of one.
      for (const [i, value] of want.entries())
        expect(Math.abs(found[i]! - value), `${name}[${i}]`).toBeLessThan(2e-6);
    }
  });

  it('leaves windows between stored values, or beyond all of them, to the plain code', () => {
    const { low, high } = windowBounds(brainWindow);
    const fits = (values: Int16Array | Uint16Array | Float32Array, shift: number, scale = 1) =>
      kernelFits(values, [{ low: low * scale + shift, high: high * scale + shift }]);
    expect(fits(new Int16Array(1), 1024)).toBe(true);
    expect(fits(new Uint16Array(1), -20)).toBe(true);
    expect(fits(new Int16Array(1), 0, 1 / 3)).toBe(false);
    expect(fits(new Int16Array(1), 60_000)).toBe(false);
    expect(fits(new Uint16Array(1), 60_000)).toBe(true);
    expect(fits(new Uint16Array(1), -81)).toBe(false);
    expect(fits(new Float32Array(1), 0)).toBe(false);
    expect(fits(new Int16Array(0), 0)).toBe(false);
  });
});
