import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layout } from '@ichor/tables';
import { expect, it } from 'vitest';
import { planPreprocess, preprocessPlanText } from './plan.js';
import { dicomFile } from './testing/dicom-file.js';

it('counts the files, measures the reading, and writes nothing', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ichor-plan-'));
  const files = layout(root);
  await expect(planPreprocess(files, { workers: 2, fresh: false })).rejects.toMatchObject({
    code: 'preprocess/no-images',
  });
  for (const folder of [files.input.trainImages, files.input.testImages]) {
    await mkdir(folder, { recursive: true });
  }
  const test = join(files.input.testImages, 'ID_b.dcm');
  await writeFile(test, dicomFile({ patient: 'p', study: 's', z: 0, stored: [0, 100] }));
  const alone = await planPreprocess(files, { workers: 2, fresh: false });
  expect(alone).toMatchObject({ train: 0, test: 1 });
  expect(alone.seconds).toBeGreaterThan(0);
  expect(alone.source).toMatch(/^1 files, /);
  await rm(test);
  for (let at = 0; at < 100; at++) {
    await writeFile(
      join(files.input.trainImages, `ID_${at}.dcm`),
      dicomFile({ patient: 'p', study: 's', z: at, stored: [0, 100] }),
    );
  }
  // One that cannot be read must not end it.
  await writeFile(join(files.input.trainImages, 'ID_0.dcm'), 'no DICOM');
  await writeFile(join(files.input.testImages, 'ID_a.dcm'), '');
  const plan = await planPreprocess(files, { workers: 2, fresh: false });
  expect(plan).toMatchObject({ train: 100, test: 1, reads: true, disk: 101 * 1200, memory: undefined });
  expect(plan.seconds).toBeGreaterThan(0);
  expect(preprocessPlanText(plan)).toContain('64 files, read just now by one thread, and 2 threads');
  expect(await readdir(root)).toEqual(['input']);

  await mkdir(files.preprocessedFolder, { recursive: true });
  for (const table of ['train_raw', 'test_raw'] as const) await writeFile(files.preprocessed(table), '');
  expect(await planPreprocess(files, { workers: 2, fresh: false })).toMatchObject({
    reads: false,
    seconds: 0,
  });
  expect(await planPreprocess(files, { workers: 2, fresh: true })).toMatchObject({ reads: true });
  await rm(root, { recursive: true });
});
