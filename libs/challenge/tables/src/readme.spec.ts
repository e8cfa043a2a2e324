import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defineTable, float64, readTable, utf8, writeTable } from './index.js';

it('does what the README shows first', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-tables-')), 'lengths.arrow');
  const lengths = defineTable('lengths', 1, 'Length of each study', {
    StudyInstanceUID: utf8('(0020,000D)'),
    length: float64('Extent along the slice normal', 'mm'),
  });
  await writeTable(path, lengths, {
    StudyInstanceUID: ['1.2', '1.3'],
    length: Float64Array.of(155, 150.5),
  });
  const { rows, columns } = await readTable(path, lengths);
  expect(rows).toBe(2);
  expect(columns.StudyInstanceUID).toEqual(['1.2', '1.3']);
  expect(columns.length).toEqual(Float64Array.of(155, 150.5));
});
