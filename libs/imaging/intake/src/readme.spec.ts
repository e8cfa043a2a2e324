import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planStudies } from '@ichor/intake';
import { expect, it } from 'vitest';
import { makeSlice } from './testing/made-up-slice.js';

it('runs the first example of the README', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-readme-'));
  await writeFile(join(folder, 'slice'), makeSlice({ ImagePositionPatient: [0, 0, 0] }));
  const { studies, unfit, leftOut, close } = await planStudies([folder]);
  expect([studies.length, unfit.length, leftOut.length]).toEqual([1, 0, 0]);
  for (const { series, slices, warnings } of studies) {
    expect(series.reason).toContain('axial');
    expect(warnings).toHaveLength(1);
    expect((await slices[0]!.source.read()).length).toBeGreaterThan(132);
  }
  close();
});
