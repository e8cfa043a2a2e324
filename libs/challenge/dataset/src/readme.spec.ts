import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLabelCsv } from './index.js';

it('does what the README shows first', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-dataset-')), 'stage_2_train.csv');
  const kinds = ['epidural', 'intraparenchymal', 'intraventricular', 'subarachnoid'];
  const rows = [
    ...kinds.map((kind) => `ID_28fbab7eb_${kind},0`),
    'ID_28fbab7eb_subdural,1',
    'ID_28fbab7eb_any,1',
    'ID_28fbab7eb_any,1',
  ];
  await writeFile(path, ['ID,Label', ...rows].join('\n'));
  const labels = await readLabelCsv(path);
  expect(labels.labelsOf('ID_28fbab7eb')).toEqual(['subdural', 'any']);
  expect(labels.problems.first[0]).toEqual({
    kind: 'repeated-row',
    line: 8,
    detail: 'ID_28fbab7eb_any is repeated',
  });
});
