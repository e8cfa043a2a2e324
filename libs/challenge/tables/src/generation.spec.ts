import { appendFile, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { generationText, readGeneration, readPreprocessed, tableContent } from './generation.js';
import { defineTable, layout, utf8, writeTable, type Layout } from './index.js';

const table = defineTable('small', 1, 'For tests', { ID: utf8('Name') });
const set = { files: 1, look: 'a', content: 'b' };
let files: Layout;
beforeEach(async () => {
  files = layout(await mkdtemp(join(tmpdir(), 'ichor-generation-')));
  await mkdir(files.preprocessedFolder, { recursive: true });
  await writeTable(files.preprocessed('train'), table, { ID: ['x'] });
  await writeTable(files.preprocessed('test'), table, { ID: ['y'] });
  const tables = {
    train: await tableContent(files.preprocessed('train')),
    test: await tableContent(files.preprocessed('test')),
  };
  await writeFile(files.generation, generationText({ tables, images: { train: set, test: set } }));
});

describe('a table of preprocessing', () => {
  it('is read when it belongs to the recorded generation', async () => {
    expect((await readPreprocessed(files, 'train', table)).columns.ID).toEqual(['x']);
    expect((await readGeneration(files))?.images).toEqual({ train: set, test: set });
  });

  it('is refused when it belongs to another generation', async () => {
    await copyFile(files.preprocessed('test'), files.preprocessed('train'));
    await expect(readPreprocessed(files, 'train', table)).rejects.toMatchObject({
      code: 'tables/other-generation',
      file: files.preprocessed('train'),
      remedy: expect.stringContaining('preprocess'),
    });
    expect((await readPreprocessed(files, 'test', table)).rows).toBe(1);
  });

  it('is reported as damaged rather than as of another generation', async () => {
    await appendFile(files.preprocessed('train'), 'x');
    await expect(readPreprocessed(files, 'train', table)).rejects.toMatchObject({ code: 'tables/damaged' });
  });

  it('is refused when the record is missing or invalid, and accepted in a folder without preprocessing', async () => {
    await writeFile(files.generation, '{"format":"ichor-generation"}');
    await expect(readPreprocessed(files, 'train', table)).rejects.toThrow('is not a record');
    await rm(files.generation);
    expect((await readPreprocessed(files, 'train', table)).rows).toBe(1);
    await writeFile(join(files.preprocessedFolder, 'manifest.json'), '{}');
    await expect(readPreprocessed(files, 'train', table)).rejects.toMatchObject({
      code: 'tables/other-generation',
    });
  });
});
