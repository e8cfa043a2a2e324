import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelColumns, layout, predictionsTable, writeTable } from '@ichor/tables';
import { expect, it } from 'vitest';
import { foldsPresent, readOutOfFold, scorePredictions } from './index.js';

it('does what the README shows first', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ichor-predictions-'));
  await writeTable(layout(root).predictions('xception', 1, 'valid'), predictionsTable, {
    ID: ['ID_a', 'ID_b'],
    pass: new Int8Array(2),
    ...labelColumns('target', () => Float32Array.of(1, 0)),
    ...labelColumns('output', () => Float32Array.of(0.75, 0.25)),
  });

  const paths = layout(root);
  const folds = foldsPresent(paths, 'xception', 'valid'); // [1]
  const { ids, targets, probabilities } = await readOutOfFold(paths, 'xception', folds);
  const { weightedLogLoss } = scorePredictions(targets, probabilities);

  expect(folds).toEqual([1]);
  expect(ids).toEqual(['ID_a', 'ID_b']);
  expect(weightedLogLoss).toBeCloseTo(-Math.log(0.75), 12);
  await rm(root, { recursive: true });
});
