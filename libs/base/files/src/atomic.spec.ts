import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { copyFileAtomic, openAtomic, writeFileAtomic } from './atomic.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-files-'));
});

describe('openAtomic', () => {
  it('shows nothing under the name before commit, everything after', async () => {
    const path = join(folder, 'deep', 'a.txt');
    const file = await openAtomic(path);
    await file.write('whole');
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await file.commit();
    expect(await readFile(path, 'utf8')).toBe('whole');
    expect(await readdir(join(folder, 'deep'))).toEqual(['a.txt']);
  });

  it('leaves the old content and no rubbish on abort', async () => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'old');
    const file = await openAtomic(path);
    await file.write('half');
    await file.abort();
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });
});

describe('a write that fails', () => {
  it('names the file', async () => {
    const path = join(folder, 'a.txt');
    const file = await openAtomic(path);
    await file.abort();
    // The file is closed; a full disk fails in the same place.
    await expect(file.write('more')).rejects.toMatchObject({ code: 'files/not-writable', file: path });
  });
});

describe('writeFileAtomic', () => {
  it('names the file and the remedy when a parent is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'file', 'x'), '')).rejects.toMatchObject({
      code: 'files/not-writable',
      file: join(folder, 'file', 'x'),
      remedy: expect.stringContaining('not a folder'),
    });
  });
});

describe('writeFileAtomic of pieces', () => {
  async function* pieces(failsAfter: number) {
    for (let i = 0; i < 3; i++) {
      if (i === failsAfter) throw new RangeError('no more');
      yield await Promise.resolve(`piece ${i}\n`);
    }
  }

  it('writes them in order', async () => {
    const path = join(folder, 'pieces.txt');
    await writeFileAtomic(path, pieces(3));
    expect(await readFile(path, 'utf8')).toBe('piece 0\npiece 1\npiece 2\n');
  });

  it('leaves no file when a piece cannot be made, and throws the cause', async () => {
    await expect(writeFileAtomic(join(folder, 'pieces.txt'), pieces(2))).rejects.toThrow(RangeError);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('copyFileAtomic', () => {
  it('copies bytes', async () => {
    await writeFile(join(folder, 'from'), 'abc');
    await copyFileAtomic(join(folder, 'from'), join(folder, 'to'));
    expect(await readFile(join(folder, 'to'), 'utf8')).toBe('abc');
  });

  it('fails on a missing source without leaving rubbish', async () => {
    await expect(copyFileAtomic(join(folder, 'none'), join(folder, 'to'))).rejects.toThrow(
      'cannot be written',
    );
    expect(await readdir(folder)).toEqual([]);
  });
});
