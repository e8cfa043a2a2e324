import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLabelCsv } from './index.js';

it('does what the README shows first', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-dataset-')), 'stage_2_train.csv');
  await writeFile(path, 'ID,Label\nID_28fbab7eb_epidural,0\nID_28fbab7eb_any,1\nID_28fbab7eb_any,1\n');
  const labels = await readLabelCsv(path);
  expect(labels.labelsOf('ID_28fbab7eb')).toEqual(['any']);
  expect(labels.problems.first[0]).toEqual({
    kind: 'repeated-row',
    line: 4,
    detail: 'ID_28fbab7eb_any comes again',
  });
});
