import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layout } from '@ichor/tables';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foldFiles } from './fold-files.js';
import { readFoldRecord, writeFoldRecord } from './fold-record.js';

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'ichor-record-'))));
afterEach(() => rm(root, { recursive: true }));

it('names the parts of a fold, wherever its folder lies', async () => {
  const files = foldFiles(layout(root), 'net', 2);
  expect(await readFoldRecord(files.record)).toBeUndefined();
  const record = {
    kind: 'base-model' as const,
    name: 'net',
    fold: 2,
    settings: { imageSize: 32 },
    parts: { weights: files.file('epoch1.safetensors') },
    epoch: 1,
    data: 'abc',
    predictions: 'def',
  };
  await writeFoldRecord(files.record, record);
  expect(await readFoldRecord(files.record)).toEqual(record);
  const text = await readFile(files.record, 'utf8');
  expect(text).toContain('"weights": "fold2_epoch1.safetensors"');

  // Nothing outside its folder.
  await writeFile(files.record, text.replace('fold2_epoch1', '../other/fold2_epoch1'));
  await expect(readFoldRecord(files.record)).rejects.toMatchObject({ code: 'experiment/damaged' });
  await writeFile(files.record, text.slice(0, 40));
  await expect(readFoldRecord(files.record)).rejects.toMatchObject({ code: 'experiment/damaged' });
});
