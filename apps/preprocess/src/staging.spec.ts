import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layout, type Layout } from '@ichor/tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { Staging } from './staging.js';

let files: Layout;
let staging: Staging;
const at = (name: string) => join(files.preprocessedFolder, name);
beforeEach(async () => {
  files = layout(await mkdtemp(join(tmpdir(), 'ichor-staging-')));
  staging = new Staging(files, join(files.preprocessedFolder, '.work'));
  await mkdir(staging.newPath('.'), { recursive: true });
  for (const name of ['a', 'b']) await writeFile(at(name), `old ${name}`);
  for (const name of ['a', 'b', 'c']) await writeFile(staging.newPath(name), `new ${name}`);
});
const read = (...names: string[]) =>
  Promise.all(names.map((name) => readFile(at(name), 'utf8').catch(() => 'none')));

describe('files that belong together', () => {
  it('take their places together', async () => {
    await staging.commit(['a', 'b', 'c']);
    expect(await read('a', 'b', 'c')).toEqual(['new a', 'new b', 'new c']);
  });

  it('stay as they were when one cannot take its place, and can be tried again', async () => {
    await expect(staging.commit(['c', 'a', 'missing', 'b'])).rejects.toMatchObject({
      code: 'files/not-writable',
      file: at('missing'),
    });
    expect(await read('a', 'b', 'c')).toEqual(['old a', 'old b', 'none']);
    await staging.commit(['a', 'b', 'c']);
    expect(await read('a', 'b', 'c')).toEqual(['new a', 'new b', 'new c']);
  });

  it('do not move a folder of the same name away', async () => {
    await mkdir(at('c'));
    await expect(staging.commit(['a', 'b', 'c'])).rejects.toMatchObject({
      file: at('c'),
      remedy: 'there is a folder of this name',
    });
    expect(await read('a', 'b')).toEqual(['old a', 'old b']);
  });
});
