import { describe, expect, it } from 'vitest';
import { applyWindows, MIN_MAX_IMAGENET, POLICY_1, POLICY_2, withImageNet } from './index.js';
import { codeBounds } from './vector.js';

const own = { center: 100, width: 333 };

/** Not a multiple of eight, so that the padding of the kernel shows. */
function random(low: number, high: number, count = 1003): number[] {
  let state = 7;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return low + Math.floor((state / 0x80000000) * (high - low + 1));
  });
}

describe('16-bit pixels', () => {
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
  const plans = Object.entries({ POLICY_1, POLICY_2, MIN_MAX_IMAGENET, imagenet: withImageNet(POLICY_2) });
  it.each(cases)('give what floats give: $name', ({ values, slope, intercept }) => {
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

  it('leave windows between stored values, or beyond them, to the table', () => {
    const brain = { center: 40, width: 80 };
    expect(codeBounds(brain, 1, -1024)).toEqual({ low: 1024, high: 1104 });
    expect(codeBounds(brain, 1.5, 0)).toBeUndefined();
    expect(codeBounds(brain, -1, 0)).toBeUndefined();
    expect(codeBounds(brain, 1, -60_000)).toBeUndefined();
    expect(codeBounds({ center: 0, width: 100_000 }, 1, 0)).toEqual({ low: -32_768, high: 32_767 });
  });
});
