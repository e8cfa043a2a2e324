import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lastSteps, paceOf, type Step } from './index.js';

const step = (epoch: number, step: number): Step => ({
  kind: 'step',
  epochs: 3,
  epoch,
  step,
  steps: 10,
  samples: 16,
  waited: 500,
  took: 1500,
});

it('counts the steps that are left, at the speed of the last ones', () => {
  // After 4 of 30 steps of 2 s: 26 are left.
  expect(paceOf([step(0, 2), step(0, 3)], [])).toEqual({
    epoch: 1,
    epochs: 3,
    share: expect.closeTo(4 / 30, 12),
    secondsLeft: expect.closeTo(52, 9),
  });
});

it('adds the validation of each epoch, as long as that of the last one', () => {
  // The first epoch took 25 s for 10 steps of 2 s: 5 s of validation. 19 steps and two validations are left.
  const finished = [{ steps: 10, seconds: 25 }];
  expect(paceOf([step(1, 0)], finished)?.secondsLeft).toBeCloseTo(19 * 2 + 2 * 5, 9);
  // All steps of the second epoch are done and it is not validated; then it is.
  expect(paceOf([step(1, 9)], finished)?.secondsLeft).toBeCloseTo(10 * 2 + 2 * 5, 9);
  const both = [...finished, { steps: 10, seconds: 25 }];
  expect(paceOf([step(1, 9)], both)?.secondsLeft).toBeCloseTo(10 * 2 + 5, 9);
});

it('says nothing before the first step, and no time where the epochs are not known', () => {
  expect(paceOf([], [])).toBeUndefined();
  const { epochs, ...old } = step(0, 3);
  expect(epochs).toBe(3);
  expect(paceOf([old], [])).toEqual({
    epoch: 1,
    epochs: undefined,
    share: undefined,
    secondsLeft: undefined,
  });
});

it('reads the end of a long file, and leaves out lines that are cut', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-pace-'));
  const path = join(folder, 'metrics.jsonl');
  expect(await lastSteps(path)).toEqual([]);
  const line = (at: number) => JSON.stringify(step(0, at));
  const text = Array.from({ length: 3000 }, (_, at) => line(at)).join('\n');
  await writeFile(path, `${text}\n{"kind":"epoch","epoch":0}\n${line(1).slice(0, 30)}`);
  const steps = await lastSteps(path);
  expect(steps.at(-1)?.step).toBe(2999);
  expect(steps.length).toBeGreaterThan(100);
  expect(steps.length).toBeLessThan(3000);
  await rm(folder, { recursive: true });
});
