import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRoot } from '@ichor/bundle/testing';
import { layout } from '@ichor/tables';
import { readTrainingReport, TrainingSet, writeTrainingReport } from '@ichor/training-report';
import { expect, it } from 'vitest';

it('runs the first example of the README', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ichor-training-report-'));
  await makeRoot(root);
  const page = join(root, 'training.html');

  const paths = layout(root);
  const set = await TrainingSet.read(paths);
  const report = await readTrainingReport(paths, set, { mistakes: 2 });
  await writeTrainingReport(page, paths, set, report);

  // 8 of 32 slices are positive for every label and get 0.8, the others 0.1.
  const expected = -(8 * Math.log(0.8) + 24 * Math.log(0.9)) / 32;
  expect(report.models.map(({ name }) => name)).toEqual(['small-model']);
  expect(report.models[0]?.weightedLogLoss).toBeCloseTo(expected, 6);
  expect(await readFile(page, 'utf8')).toContain('Not a medical device');
  await rm(root, { recursive: true });
});
