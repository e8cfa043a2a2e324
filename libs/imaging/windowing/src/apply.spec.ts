import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  applyWindows,
  brainSubduralFilePlan,
  brainSubduralSoftTissuePlan,
  brainWindow,
  stretchedToRange,
  withImagenetStatistics,
  type Pixels,
  type WindowPlan,
} from './index.js';

// numpy's float64 values (fixtures/make_expected.py). Ours are rounded to float32 once at the end: 24 bits.
const expected: unknown = JSON.parse(
  readFileSync(new URL('./fixtures/expected.json', import.meta.url), 'utf8'),
);
const stored = [-2000, -1024, -200, -21, -20, -1, 0, 13, 40, 77, 80, 81, 180, 230, 3000];
const own = { center: 35, width: 75 };

function expectNumpy(name: string, plan: WindowPlan, values: Pixels['values'], intercept = -10) {
  if (typeof expected !== 'object' || expected === null) throw new TypeError('fixture');
  const want: unknown = Reflect.get(expected, name);
  if (!Array.isArray(want)) throw new TypeError('fixture');
  const out = new Float32Array(3 * values.length);
  applyWindows(plan, { values, slope: 1.5, intercept }, out, own);
  for (const [i, value] of out.entries()) expect(value, `${name}[${i}]`).toBeCloseTo(Number(want[i]), 6);
}

describe('applyWindows', () => {
  const cases: [string, WindowPlan][] = [
    ['policy1', brainSubduralFilePlan],
    ['policy2', brainSubduralSoftTissuePlan],
    ['imagenet', withImagenetStatistics(brainSubduralSoftTissuePlan)],
    ['min_max_imagenet', withImagenetStatistics(stretchedToRange(brainSubduralSoftTissuePlan))],
  ];
  it.each(cases)('%s equals the result of numpy, for every type of pixels', (name, plan) => {
    expectNumpy(name, plan, Int16Array.from(stored));
    expectNumpy(name, plan, Int32Array.from(stored));
    expectNumpy(name, plan, Float32Array.from(stored));
    expectNumpy(name, plan, Float64Array.from(stored));
    // The same HU from unsigned values: 2000 more stored, 3000 HU less intercept.
    expectNumpy(
      name,
      plan,
      Uint16Array.from(stored, (value) => value + 2000),
      -3010,
    );
  });

  it('takes any list of windows', () => {
    const windows = [10, 20, 30, 40, 50].map((center) => ({ center, width: 20 }));
    const plan: WindowPlan = {
      channels: windows.map((window) => ({ window, normalization: 'none' })),
    };
    const out = new Float32Array(10);
    applyWindows(plan, { values: Int16Array.of(15, 200), slope: 1, intercept: 0 }, out);
    const want = [0.75, 1, 0.25, 1, 0, 1, 0, 1, 0, 1];
    for (const [i, value] of want.entries()) expect(out[i]).toBeCloseTo(value, 6);
  });

  it('makes a channel of one value zero, not NaN', () => {
    const plan: WindowPlan = { channels: [{ window: brainWindow, normalization: 'minmax' }] };
    const out = new Float32Array(4).fill(9);
    applyWindows(plan, { values: new Int16Array(4).fill(-1000), slope: 1, intercept: 0 }, out);
    expect([...out]).toEqual([0, 0, 0, 0]);
  });

  it('handles 8 bits and a slice without pixels', () => {
    const out = new Float32Array(6);
    applyWindows(brainSubduralSoftTissuePlan, { values: Int8Array.of(-20, 40), slope: 1, intercept: 0 }, out);
    // Brain: 0 and 40/80, mean 1/4.
    expect(out[0]).toBeCloseTo(-0.25, 6);
    expect(out[1]).toBeCloseTo(0.25, 6);
    applyWindows(
      brainSubduralSoftTissuePlan,
      { values: new Uint16Array(0), slope: 1, intercept: 0 },
      new Float32Array(0),
    );
  });

  it('refuses a wrong output and a missing window', () => {
    const pixels = { values: new Int16Array(4), slope: 1, intercept: 0 };
    expect(() => applyWindows(brainSubduralSoftTissuePlan, pixels, new Float32Array(4))).toThrow('need 12');
    expect(() => applyWindows(brainSubduralFilePlan, pixels, new Float32Array(12))).toThrow('slice has none');
    const plan: WindowPlan = { channels: [{ window: { center: 40, width: 1 }, normalization: 'none' }] };
    expect(() => applyWindows(plan, pixels, new Float32Array(4))).toThrow('an empty window');
  });

  it.each([0, -1, NaN, Infinity])('refuses a slope of %s', (slope) => {
    const pixels = { values: new Int16Array(4), slope, intercept: 0 };
    expect(() => applyWindows(brainSubduralSoftTissuePlan, pixels, new Float32Array(12))).toThrow(
      'a slope above 0 expected',
    );
  });
});
