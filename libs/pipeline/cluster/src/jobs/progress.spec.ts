import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stepsDone, trainingProgress } from './progress.js';

const step = (epoch: number, at: number) =>
  JSON.stringify({
    ...{ kind: 'step', epochs: 3, epoch, step: at, steps: 10, samples: 16, waited: 500, took: 1500 },
  });

it('tells how far a training is and how long it takes, with its validations', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-progress-'));
  expect(await trainingProgress(folder, 0)).toBeUndefined();
  expect(await stepsDone(folder, 0)).toBeUndefined();

  await writeFile(
    join(folder, 'fold0_metrics.jsonl'),
    `${step(0, 9)}\n{"kind":"epoch"}\n${step(1, 0)}\n{"ki`,
  );
  const history = join(folder, 'fold0_history.json');
  await writeFile(history, JSON.stringify({ epochs: [{ epoch: 0, steps: 10, seconds: 25 }] }));
  // The first epoch took 25 s for 10 steps of 2 s: 5 s of validation. 19 steps and two validations are left.
  expect(await trainingProgress(folder, 0)).toEqual({
    progress: { epoch: 1, epochs: 3, step: 1, steps: 10 },
    secondsLeft: expect.closeTo(19 * 2 + 2 * 5, 9),
  });
  expect(await stepsDone(folder, 0)).toBe(11);

  await writeFile(history, '{"epochs":[');
  expect(await trainingProgress(folder, 0)).toMatchObject({ progress: { epoch: 1 }, secondsLeft: undefined });
});
