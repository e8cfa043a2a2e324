import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle, openBundle } from '@ichor/bundle';
import { makeRoot } from '@ichor/bundle/testing';
import { planStudies } from '@ichor/intake';
import { makeHead } from '@ichor/intake/testing';
import { StudyPredictor } from '@ichor/predict';
import { expect, it } from 'vitest';

it('runs the first example of the README', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-predict-readme-'));
  await makeRoot(join(folder, 'root'));
  await createBundle({ out: join(folder, 'all'), name: 'all', root: join(folder, 'root') });
  await mkdir(join(folder, 'ct'));
  for (const slice of [1, 2, 3]) await writeFile(join(folder, 'ct', `${slice}.dcm`), makeHead(slice));
  const lines: unknown[][] = [];

  const predictor = new StudyPredictor(await openBundle(join(folder, 'all')));
  const { studies, close } = await planStudies([join(folder, 'ct')]);
  for (const plan of studies) {
    const { calibrated, keySlices, warnings } = await predictor.predict(plan);
    lines.push([plan.studyInstanceUid, calibrated, keySlices, warnings]);
  }
  await predictor.close();
  close();

  expect(lines).toEqual([['1.2.3', expect.objectContaining({ length: 6 }), expect.any(Array), []]]);
  await rm(folder, { recursive: true });
});
