import { mkdir, writeFile } from 'node:fs/promises';
import { RunRecord } from '@ichor/cli';
import { expect, it } from 'vitest';
import { mlpSettings } from '../config/presets.js';
import { makeStacker } from '../config/define.js';
import { makeTinyRoot } from '../testing/tiny-root.js';
import { stackerFiles } from '../train/files.js';
import { planStacker, stackerPlanText } from './plan.js';

it('says what is fitted, which inputs are missing, and takes time and memory from a fit on this machine', async () => {
  const { paths } = await makeTinyRoot({ models: ['a', 'b'], studies: 6 });
  const stacker = makeStacker({ ...mlpSettings, name: 'mlp', inputs: ['a', 'b', 'c.slow'] });
  const first = await planStacker(stacker, [0, 1], paths);
  expect(first).toMatchObject({ seconds: undefined, memory: undefined });
  expect(first.columns).toBe(3 * 6 * mlpSettings.features.length);
  expect(first.folds).toEqual(
    [0, 1].map((fold) => ({ fold, state: 'begins or resumes', missing: ['c.slow'] })),
  );
  expect(stackerPlanText(first)).toContain('time and memory are not known');

  const files = stackerFiles(paths, 'mlp', 1);
  await mkdir(files.folder, { recursive: true });
  await writeFile(files.record, '{}');
  const record = new RunRecord({ command: 'stack' });
  record.addTime('fit', 90);
  await record.write(files.trainManifest);
  const later = await planStacker(stacker, [0, 1, 2], paths);
  expect(later.folds.map(({ state }) => state)).toEqual([
    'begins or resumes',
    'fitted; compared with its inputs',
    'begins or resumes',
  ]);
  expect(later.seconds).toBe(180);
  expect(later.memory).toBeGreaterThan(1e6);
  expect(stackerPlanText(later)).toContain('about 3:00');
});
